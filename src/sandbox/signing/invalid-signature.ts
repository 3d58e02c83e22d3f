// What the readers of this folder throw; it never leaves the folder as an exception.

/** The module carries something that claims to be a signature and is not one. The message is one sentence without guest text. */
export class InvalidSignature extends Error {}
