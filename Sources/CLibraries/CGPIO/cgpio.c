#include "cgpio.h"

#include <errno.h>
#include <gpiod.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void copy(char *to, size_t size, const char *from) {
  if (size == 0) return;
  size_t length = from ? strlen(from) : 0;
  if (length > size - 1) length = size - 1;
  if (length) memcpy(to, from, length);
  to[length] = 0;
}

#ifdef GPIOD_LINE_BULK_MAX_LINES  // API v1

struct cgpio_handle {
  struct gpiod_chip *chip;
  struct gpiod_line *line;
};

int cgpio_chip(const char *path, char *label, size_t size) {
  struct gpiod_chip *chip = gpiod_chip_open(path);
  if (!chip) return -1;
  copy(label, size, gpiod_chip_label(chip));
  int lines = (int)gpiod_chip_num_lines(chip);
  gpiod_chip_close(chip);
  return lines;
}

int cgpio_line(const char *path, unsigned int offset, char *name, size_t name_size, char *user, size_t user_size) {
  struct gpiod_chip *chip = gpiod_chip_open(path);
  if (!chip) return -1;
  struct gpiod_line *line = offset < gpiod_chip_num_lines(chip) ? gpiod_chip_get_line(chip, offset) : NULL;
  if (line) {
    copy(name, name_size, gpiod_line_name(line));
    const char *consumer = gpiod_line_consumer(line);
    copy(user, user_size, consumer ? consumer : gpiod_line_is_used(line) ? "the kernel" : "");
  }
  gpiod_chip_close(chip);
  return line ? 0 : -1;
}

static cgpio_handle *request(const char *path, unsigned int offset, const struct gpiod_line_request_config *config) {
  cgpio_handle *handle = calloc(1, sizeof *handle);
  if (!handle) return NULL;
  handle->chip = gpiod_chip_open(path);
  if (handle->chip && offset < gpiod_chip_num_lines(handle->chip)) {
    handle->line = gpiod_chip_get_line(handle->chip, offset);
  } else if (handle->chip) {
    errno = ENOENT;
  }
  if (handle->line && gpiod_line_request(handle->line, config, 0) == 0) return handle;
  int code = errno;
  if (handle->chip) gpiod_chip_close(handle->chip);
  free(handle);
  errno = code;
  return NULL;
}

cgpio_handle *cgpio_request(const char *path, unsigned int offset, int active_low, const char *user) {
  struct gpiod_line_request_config config = {
    .consumer = user,
    .request_type = GPIOD_LINE_REQUEST_DIRECTION_OUTPUT,
    .flags = active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0,
  };
  return request(path, offset, &config);
}

cgpio_handle *cgpio_request_input(const char *path, unsigned int offset, const char *user) {
  struct gpiod_line_request_config config = {
    .consumer = user,
    .request_type = GPIOD_LINE_REQUEST_DIRECTION_INPUT,
    .flags = GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP,
  };
  return request(path, offset, &config);
}

int cgpio_set(cgpio_handle *handle, int active) { return gpiod_line_set_value(handle->line, active ? 1 : 0); }

int cgpio_get(cgpio_handle *handle) { return gpiod_line_get_value(handle->line); }

void cgpio_release(cgpio_handle *handle) {
  if (!handle) return;
  gpiod_line_release(handle->line);
  gpiod_chip_close(handle->chip);
  free(handle);
}

const char *cgpio_version(void) { return gpiod_version_string(); }

#else  // API v2

struct cgpio_handle {
  struct gpiod_line_request *request;
  unsigned int offset;
};

int cgpio_chip(const char *path, char *label, size_t size) {
  struct gpiod_chip *chip = gpiod_chip_open(path);
  struct gpiod_chip_info *info = chip ? gpiod_chip_get_info(chip) : NULL;
  int lines = -1;
  if (info) {
    copy(label, size, gpiod_chip_info_get_label(info));
    lines = (int)gpiod_chip_info_get_num_lines(info);
    gpiod_chip_info_free(info);
  }
  if (chip) gpiod_chip_close(chip);
  return lines;
}

int cgpio_line(const char *path, unsigned int offset, char *name, size_t name_size, char *user, size_t user_size) {
  struct gpiod_chip *chip = gpiod_chip_open(path);
  struct gpiod_line_info *info = chip ? gpiod_chip_get_line_info(chip, offset) : NULL;
  int status = -1;
  if (info) {
    copy(name, name_size, gpiod_line_info_get_name(info));
    const char *consumer = gpiod_line_info_get_consumer(info);
    copy(user, user_size, consumer ? consumer : gpiod_line_info_is_used(info) ? "the kernel" : "");
    gpiod_line_info_free(info);
    status = 0;
  }
  if (chip) gpiod_chip_close(chip);
  return status;
}

// Takes the settings, which it frees.
static cgpio_handle *request(
  const char *path, unsigned int offset, struct gpiod_line_settings *settings, const char *user) {
  cgpio_handle *handle = calloc(1, sizeof *handle);
  struct gpiod_chip *chip = gpiod_chip_open(path);
  struct gpiod_line_config *lines = gpiod_line_config_new();
  struct gpiod_request_config *config = gpiod_request_config_new();
  int code = errno;
  if (handle && chip && settings && lines && config) {
    gpiod_request_config_set_consumer(config, user);
    if (gpiod_line_config_add_line_settings(lines, &offset, 1, settings) == 0) {
      handle->request = gpiod_chip_request_lines(chip, config, lines);
      handle->offset = offset;
    }
    code = errno;
  }
  gpiod_request_config_free(config);
  gpiod_line_config_free(lines);
  gpiod_line_settings_free(settings);
  if (chip) gpiod_chip_close(chip);
  if (handle && handle->request) return handle;
  free(handle);
  errno = code;
  return NULL;
}

cgpio_handle *cgpio_request(const char *path, unsigned int offset, int active_low, const char *user) {
  struct gpiod_line_settings *settings = gpiod_line_settings_new();
  if (!settings) return NULL;
  gpiod_line_settings_set_active_low(settings, active_low != 0);
  if (gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT) != 0 ||
      gpiod_line_settings_set_output_value(settings, GPIOD_LINE_VALUE_INACTIVE) != 0) {
    gpiod_line_settings_free(settings);
    return NULL;
  }
  return request(path, offset, settings, user);
}

cgpio_handle *cgpio_request_input(const char *path, unsigned int offset, const char *user) {
  struct gpiod_line_settings *settings = gpiod_line_settings_new();
  if (!settings) return NULL;
  if (gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT) != 0 ||
      gpiod_line_settings_set_bias(settings, GPIOD_LINE_BIAS_PULL_UP) != 0) {
    gpiod_line_settings_free(settings);
    return NULL;
  }
  return request(path, offset, settings, user);
}

int cgpio_set(cgpio_handle *handle, int active) {
  return gpiod_line_request_set_value(
    handle->request, handle->offset, active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
}

int cgpio_get(cgpio_handle *handle) {
  switch (gpiod_line_request_get_value(handle->request, handle->offset)) {
    case GPIOD_LINE_VALUE_ACTIVE: return 1;
    case GPIOD_LINE_VALUE_INACTIVE: return 0;
    default: return -1;
  }
}

void cgpio_release(cgpio_handle *handle) {
  if (!handle) return;
  gpiod_line_request_release(handle->request);
  free(handle);
}

const char *cgpio_version(void) { return gpiod_api_version(); }

#endif
