// Compression by references to earlier text, and back: bytes, a hash table, short loops whose length depends on data.
#include "kernel.h"
#define SIZE 65536
static u8 text[SIZE], packed[SIZE * 2], again[SIZE];
static u32 seen[4096];

static u32 pack(void) {
  u32 at = 0, out = 0;
  for (int i = 0; i < 4096; i++) seen[i] = 0;
  while (at < SIZE) {
    u32 length = 0, from = 0;
    if (at + 4 <= SIZE) {
      u32 key = text[at] | text[at + 1] << 8 | text[at + 2] << 16;
      u32 slot = key * 2654435761u >> 20;
      from = seen[slot];
      seen[slot] = at + 1;
      if (from && at - (from - 1) < 65536)
        while (length < 255 && at + length < SIZE && text[from - 1 + length] == text[at + length]) length++;
    }
    if (length >= 5) {
      u32 back = at - (from - 1);
      packed[out++] = 255;
      packed[out++] = length;
      packed[out++] = back;
      packed[out++] = back >> 8;
      at += length;
    } else {
      packed[out++] = text[at++];
    }
  }
  return out;
}

static u32 unpack(u32 size) {
  u32 at = 0, out = 0;
  while (at < size) {
    if (packed[at] != 255) {
      again[out++] = packed[at++];
      continue;
    }
    u32 length = packed[at + 1], back = packed[at + 2] | packed[at + 3] << 8;
    at += 4;
    while (length--) {
      again[out] = again[out - back];
      out++;
    }
  }
  return out;
}

// Words of a small vocabulary: text that compresses about as prose does.
static APART u32 work(void) {
  for (u32 at = 0; at < SIZE;) {
    u32 word = next() >> 24;
    u32 letters = 2 + (word & 7);
    for (u32 i = 0; i < letters && at < SIZE; i++) text[at++] = 'a' + (word * 7 + i * i) % 26;
    if (at < SIZE) text[at++] = ' ';
  }
  u32 size = pack();
  if (unpack(size) != SIZE) return 0;
  for (u32 i = 0; i < SIZE; i++)
    if (text[i] != again[i]) return 0;
  return size;
}
