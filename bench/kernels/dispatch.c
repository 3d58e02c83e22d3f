// An interpreter of a small machine, as a loop around a switch: what script languages in WebAssembly spend their time in.
#include "kernel.h"
enum { ADD, SUB, MUL, XOR, SHIFT, LOAD, STORE, IMMEDIATE, LESS, JUMP_IF, COUNT_DOWN, HALT };
typedef struct { u8 op, a, b, c; } Instruction;
static u32 memory[256];

// Mixes a table of numbers over and over; the registers r0 (turns), r1 (place), r2-r7 (values).
static const Instruction program[] = {
    {IMMEDIATE, 0, 200, 0}, {IMMEDIATE, 6, 1, 0}, {IMMEDIATE, 5, 3, 0},
    {IMMEDIATE, 1, 255, 0},                       // 3: each turn
    {LOAD, 2, 1, 0}, {SUB, 3, 1, 6}, {LOAD, 4, 3, 0}, // 4: each place
    {ADD, 2, 2, 4}, {MUL, 2, 2, 5}, {SHIFT, 4, 2, 7}, {XOR, 2, 2, 4},
    {STORE, 2, 1, 0}, {LESS, 7, 2, 4}, {ADD, 5, 5, 7}, {ADD, 5, 5, 6},
    {COUNT_DOWN, 1, 4, 0}, {COUNT_DOWN, 0, 3, 0}, {HALT, 0, 0, 0},
};

static APART u32 interpret(const Instruction *code) {
  u32 r[8] = {0}, at = 0;
  for (;;) {
    Instruction i = code[at++];
    switch (i.op) {
      case ADD: r[i.a] = r[i.b] + r[i.c]; break;
      case SUB: r[i.a] = r[i.b] - r[i.c]; break;
      case MUL: r[i.a] = r[i.b] * r[i.c]; break;
      case XOR: r[i.a] = r[i.b] ^ r[i.c]; break;
      case SHIFT: r[i.a] = r[i.b] >> i.c; break;
      case LOAD: r[i.a] = memory[r[i.b] & 255]; break;
      case STORE: memory[r[i.b] & 255] = r[i.a]; break;
      case IMMEDIATE: r[i.a] = i.b; break;
      case LESS: r[i.a] = r[i.b] < r[i.c]; break;
      case JUMP_IF: if (r[i.a]) at = i.b; break;
      case COUNT_DOWN: if (--r[i.a]) at = i.b; break;
      default: return r[2];
    }
  }
}

static APART u32 work(void) {
  for (int i = 0; i < 256; i++) memory[i] = next();
  return interpret(program) ^ bits(memory, 256);
}
