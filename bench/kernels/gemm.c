// Dense matrix product with a rank update, C = 1.5 A B + 1.2 C: three nested loops over doubles (after the kernel of that name in PolyBench).
#include "kernel.h"
#define N 96
static double a[N][N], b[N][N], c[N][N];

static APART u32 work(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      a[i][j] = (double)(i * (j + 1) % N) / N;
      b[i][j] = (double)(i * (j + 2) % N) / N;
      c[i][j] = (double)((i * j + 1) % N) / N;
    }
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) c[i][j] *= 1.2;
    for (int k = 0; k < N; k++)
      for (int j = 0; j < N; j++) c[i][j] += 1.5 * a[i][k] * b[k][j];
  }
  return bits(c, sizeof c / 4);
}
