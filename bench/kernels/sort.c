// Quicksort through a comparison that is passed as a function pointer: indirect calls.
#include "kernel.h"
#define N 20000
static int value[N];
typedef int (*Compare)(int, int);

static APART int ascending(int a, int b) { return a < b ? -1 : a > b; }
static APART int by_low_bits(int a, int b) { return ascending(a & 0xffff, b & 0xffff); }
static Compare volatile order[2] = {ascending, by_low_bits};

static APART void sort(int low, int high, Compare compare) {
  while (low < high) {
    int pivot = value[low + (high - low) / 2], i = low, j = high;
    while (i <= j) {
      while (compare(value[i], pivot) < 0) i++;
      while (compare(value[j], pivot) > 0) j--;
      if (i > j) break;
      int kept = value[i];
      value[i++] = value[j];
      value[j--] = kept;
    }
    sort(low, j, compare);
    low = i;
  }
}

static APART u32 work(void) {
  for (int i = 0; i < N; i++) value[i] = next() >> 1;
  sort(0, N - 1, order[1]);
  for (int i = 1; i < N; i++)
    if ((value[i - 1] & 0xffff) > (value[i] & 0xffff)) return 0;
  sort(0, N - 1, order[0]);
  return bits(value, N);
}
