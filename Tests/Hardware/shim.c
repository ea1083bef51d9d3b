// The shim over libgpiod alone, for both of its APIs: what it finds, how it requests, what it sets and reads.
// Usage: shim CHIP_PATH PIN_VALUE_FILE; the file is the kernel's side of line 2.
#include "cgpio.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int failed = 0;

static void check(const char *what, int holds) {
  printf("%s - %s: %s\n", holds ? "ok" : "NOT OK", cgpio_version(), what);
  if (!holds) failed = 1;
}

static int pin(const char *path) {
  FILE *file = fopen(path, "r");
  int value = -1;
  if (file) {
    if (fscanf(file, "%d", &value) != 1) value = -1;
    fclose(file);
  }
  return value;
}

int main(int count, char **words) {
  if (count != 3) return 2;
  char label[64], name[64], user[64];
  check("a chip has its label and lines", cgpio_chip(words[1], label, sizeof label) == 8 && !strcmp(label, "relay-board"));
  check("a file is no chip", cgpio_chip("/etc", label, sizeof label) == -1);
  check("a line has its name and no user", cgpio_line(words[1], 2, name, sizeof name, user, sizeof user) == 0 &&
    !strcmp(name, "RELAY3") && !*user);
  check("a line beyond the last is none", cgpio_line(words[1], 8, name, sizeof name, user, sizeof user) == -1);
  check("nor can it be requested", cgpio_request(words[1], 8, 0, "shim") == NULL);

  cgpio_handle *low = cgpio_request(words[1], 2, 1, "shim");
  check("active low rests high", low && pin(words[2]) == 1 && cgpio_get(low) == 0);
  check("active low closes low", low && cgpio_set(low, 1) == 0 && pin(words[2]) == 0 && cgpio_get(low) == 1);
  cgpio_line(words[1], 2, name, sizeof name, user, sizeof user);
  check("the user is named", !strcmp(user, "shim"));
  errno = 0;
  check("a second request meets EBUSY", cgpio_request(words[1], 2, 0, "other") == NULL && errno == EBUSY);
  cgpio_release(low);

  cgpio_handle *high = cgpio_request(words[1], 2, 0, "shim");
  check("active high rests low", high && pin(words[2]) == 0 && cgpio_get(high) == 0);
  check("active high closes high", high && cgpio_set(high, 1) == 0 && pin(words[2]) == 1 && cgpio_get(high) == 1);
  check("and opens again", high && cgpio_set(high, 0) == 0 && pin(words[2]) == 0);
  cgpio_release(high);

  cgpio_handle *input = cgpio_request_input(words[1], 3, "shim");
  check("an input is pulled up", input && cgpio_get(input) == 1);
  cgpio_release(input);
  return failed;
}
