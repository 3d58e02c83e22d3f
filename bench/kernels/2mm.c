// Two matrix products in a row, D = (1.5 A B) C + 1.2 D, columns innermost: strided reads (after the kernel of that name in PolyBench).
#include "kernel.h"
#define N 80
static double a[N][N], b[N][N], c[N][N], d[N][N], t[N][N];

static APART u32 work(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      a[i][j] = (double)((i * j + 1) % N) / N;
      b[i][j] = (double)(i * (j + 1) % N) / N;
      c[i][j] = (double)((i * (j + 3) + 1) % N) / N;
      d[i][j] = (double)(i * (j + 2) % N) / N;
    }
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      double sum = 0;
      for (int k = 0; k < N; k++) sum += 1.5 * a[i][k] * b[k][j];
      t[i][j] = sum;
    }
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      double sum = d[i][j] * 1.2;
      for (int k = 0; k < N; k++) sum += t[i][k] * c[k][j];
      d[i][j] = sum;
    }
  return bits(d, sizeof d / 4);
}
