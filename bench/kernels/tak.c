// Takeuchi's function of 18, 12 and 6: calls as arguments of calls.
#include "kernel.h"

static APART int tak(int x, int y, int z) { return y < x ? tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)) : z; }

// Read anew in each round, or the compiler would see that all rounds give the same.
static volatile int x = 18, y = 12, z = 6;

static APART u32 work(void) { return tak(x, y, z); }
