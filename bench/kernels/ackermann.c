// Ackermann's function of 3 and 6: deep recursion, little work in each call.
#include "kernel.h"

static APART u32 ackermann(u32 m, u32 n) {
  if (m == 0) return n + 1;
  if (n == 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}

// Read anew in each round, or the compiler would see that all rounds give the same.
static volatile u32 m = 3, n = 6;

static APART u32 work(void) { return ackermann(m, n); }
