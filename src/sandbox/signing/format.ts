// The numbers and names of the module-signature format: WebAssembly tool-conventions, Signatures.md, version 1, as wasmsign2 0.2 writes it.

/** Custom section with the signatures; it must be the first section of the module ("Custom sections"). */
export const SIGNATURE_SECTION = 'signature'
/** Custom section that ends a part ("Parts and delimiters"). What is in it is of no meaning and signed like everything else. */
export const DELIMITER_SECTION = 'signature_delimiter'

/** "Algorithms and identifiers". There is no other value that we would accept, so there is nothing that a file could choose (SUP-05). */
export const SPEC_VERSION = 0x01
export const CONTENT_TYPE_MODULE = 0x01
export const HASH_SHA256 = 0x01
export const ALGORITHM_ED25519 = 0x01

/** Stands in front of what is signed, so that such a signature is one of a module and never of something else ("Signature data"). */
export const DOMAIN = 'wasmsig'

export const HASH_BYTES = 32
export const SIGNATURE_BYTES = 64

/** First byte of a key file ("Signature algorithms and key serialization"). */
export const PUBLIC_KEY_TAG = 0x01
export const KEY_PAIR_TAG = 0x81

/**
 * What one module may carry. The format sets no limits and wasmsign2 other ones (64 sets, 64 hashes and 256 signatures in each); ours bound what
 * a hostile file makes the verifier do: no more than `signatures` times the keys of the policy.
 */
export const LIMITS = {
  /** Bytes of the whole signature data. */
  envelopeBytes: 64 * 1024,
  /** Sets of hashes. */
  sets: 16,
  /** Hashes in a set, and so parts of a module. */
  hashes: 64,
  /** Signatures of all sets together. */
  signatures: 64,
  /** Bytes of a key's identifier; wasmsign2 writes 12. */
  keyIdBytes: 64,
  /** Sections of a signed module: what admission allows at most (custom sections count against `quotas.segments`), and a few. */
  sections: 100_100,
} as const
