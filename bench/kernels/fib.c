// The 27th Fibonacci number by plain recursion: nothing but calls.
#include "kernel.h"

static APART u32 fib(u32 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

// Read anew in each round, or the compiler would see that all rounds give the same.
static volatile u32 which = 27;

static APART u32 work(void) { return fib(which); }
