// Folding of a sequence by dynamic programming: a triangle of whole numbers, many unpredictable branches (after the kernel of that name in PolyBench).
#include "kernel.h"
#define N 180
static u8 base[N];
static int best[N][N];

static inline int larger(int a, int b) { return a > b ? a : b; }

static APART u32 work(void) {
  for (int i = 0; i < N; i++) base[i] = next() >> 30;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) best[i][j] = 0;
  for (int i = N - 1; i >= 0; i--)
    for (int j = i + 1; j < N; j++) {
      int most = larger(best[i][j - 1], best[i + 1 < N ? i + 1 : i][j]);
      if (i + 1 < j) most = larger(most, best[i + 1][j - 1] + (base[i] + base[j] == 3));
      else most = larger(most, best[i + 1 < N ? i + 1 : i][j - 1]);
      for (int k = i + 1; k < j; k++) most = larger(most, best[i][k] + best[k + 1][j]);
      best[i][j] = most;
    }
  return bits(best, sizeof best / 4);
}
