// Shortest paths between all nodes: whole numbers, a comparison in the innermost loop (after the kernel of that name in PolyBench).
#include "kernel.h"
#define N 110
static int path[N][N];

static APART u32 work(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      path[i][j] = i * j % 7 + 1;
      if ((i + j) % 13 == 0 || (i + j) % 7 == 0 || (i + j) % 11 == 0) path[i][j] = 999;
    }
  for (int k = 0; k < N; k++)
    for (int i = 0; i < N; i++)
      for (int j = 0; j < N; j++) {
        int through = path[i][k] + path[k][j];
        if (through < path[i][j]) path[i][j] = through;
      }
  return bits(path, sizeof path / 4);
}
