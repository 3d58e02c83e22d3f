// What the kernels share: whole numbers of a fixed size, a generator of input, and the one function that each exports.
#pragma once
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

// Kept out of `run`, so that the compiler cannot do the work of several rounds once.
#define APART __attribute__((noinline))
#define EXPORTED(NAME) __attribute__((export_name(NAME)))

// Numerical Recipes' generator: poor randomness, but the same everywhere and cheap.
static u32 state;
static inline u32 next(void) { return state = state * 1664525u + 1013904223u; }

// One round: sets its input up, works, and returns a number that depends on all of the work.
static u32 work(void);

EXPORTED("run") u32 run(u32 rounds) {
  u32 answer = 0;
  while (rounds--) {
    state = 1;
    answer = answer * 31 + work();
  }
  return answer;
}

// The bits of an array, as one number.
static inline u32 bits(const void *from, u32 words) {
  const u32 *word = from;
  u32 sum = 2166136261u;
  while (words--) sum = (sum ^ *word++) * 16777619u;
  return sum;
}
