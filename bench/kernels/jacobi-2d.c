// Five-point stencil over a grid of doubles, back and forth between two (after the kernel of that name in PolyBench).
#include "kernel.h"
#define N 128
#define STEPS 10
static double a[N][N], b[N][N];

static inline void step(double from[N][N], double to[N][N]) {
  for (int i = 1; i < N - 1; i++)
    for (int j = 1; j < N - 1; j++)
      to[i][j] = 0.2 * (from[i][j] + from[i][j - 1] + from[i][j + 1] + from[i + 1][j] + from[i - 1][j]);
}

static APART u32 work(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) a[i][j] = b[i][j] = (double)(i * (j + 2) + 2) / N;
  for (int t = 0; t < STEPS; t++) {
    step(a, b);
    step(b, a);
  }
  return bits(a, sizeof a / 4);
}
