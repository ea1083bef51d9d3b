// Parts of Linux that the toolchain's own module leaves out: clock state, and a variadic call.
#include <sys/prctl.h>
#include <sys/timex.h>

static inline int rigshift_name_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }
