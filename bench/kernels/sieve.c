// Primes below a million by crossing out: a stride over bytes, the worst case of a counter in each turn of a loop.
#include "kernel.h"
#define N 1000000
static u8 crossed[N];

static APART u32 work(void) {
  u32 count = 0;
  for (u32 i = 0; i < N; i++) crossed[i] = 0;
  for (u32 i = 2; i < N; i++) {
    if (crossed[i]) continue;
    count++;
    for (u64 j = (u64)i * i; j < N; j += i) crossed[j] = 1;
  }
  return count;
}
