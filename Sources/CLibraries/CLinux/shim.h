// Parts of Linux that the toolchain's own module leaves out: clock state, a variadic call, and a wait by the monotonic
// clock.
#include <semaphore.h>
#include <sys/prctl.h>
#include <sys/timex.h>
#include <time.h>

static inline int rigshift_name_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

extern int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *deadline);

static inline int rigshift_wait_until(sem_t *semaphore, const struct timespec *deadline) {
  return sem_clockwait(semaphore, CLOCK_MONOTONIC, deadline);
}
