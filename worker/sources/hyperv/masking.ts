/** Takes names and addresses out of what a host says, so that it can be shown to strangers: the same name is the same mask everywhere. */

/** Fields whose texts name something of the operator's. */
const NAMING = new Set([
  'name',
  'fqdn',
  'notes',
  'path',
  'disksFolder',
  'root',
  'mac',
  'switch',
  'addresses',
  'gateways',
  'dns',
  'group',
  'node',
  'FullyQualifiedDomainName',
  'NetworkAddressIPv4',
  'NetworkAddressIPv6',
  'RDPAddressIPv4',
  'RDPAddressIPv6',
]);
/** Shorter ones are parts of too many words. */
const LEAST_LETTERS = 3;

export class Masking {
  /** By the name in small letters: Windows writes the same one as it pleases. */
  readonly #masks = new Map<string, string>();
  /** Of the names, the longest first; null since one was learnt. */
  #ordered: readonly (readonly [string, string])[] | null = null;
  /** A host with many machines says the same words often. */
  readonly #told = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** @param kind what it is, which the mask begins with */
  know(text: string, kind: string): void {
    const name = text.toLowerCase();
    if (text.length < LEAST_LETTERS || this.#masks.has(name)) return;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    this.#masks.set(name, `<${kind} ${count}>`);
    this.#ordered = null;
    this.#told.clear();
  }

  /** Learns every name in what a script told. */
  learn(value: unknown, key = ''): void {
    if (typeof value === 'string') {
      if (NAMING.has(key)) this.know(value, key);
    } else if (Array.isArray(value)) for (const one of value) this.learn(one, key);
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) this.learn(one, name);
  }

  /** The text without any name that is known, longest first: a path holds the names of its folders. */
  text(plain: string): string {
    const known = this.#masks.get(plain.toLowerCase()) ?? this.#told.get(plain);
    if (known !== undefined) return known;
    this.#ordered ??= [...this.#masks].toSorted(([a], [b]) => b.length - a.length);
    let masked = plain;
    for (const [name, mask] of this.#ordered)
      if (masked.toLowerCase().includes(name))
        masked = masked.replaceAll(new RegExp(name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`), 'giu'), mask);
    this.#told.set(plain, masked);
    return masked;
  }

  /** The same thing with every text in it masked. */
  value(plain: unknown): unknown {
    if (typeof plain === 'string') return this.text(plain);
    if (Array.isArray(plain)) return plain.map((one) => this.value(one));
    if (typeof plain === 'object' && plain !== null)
      return Object.fromEntries(Object.entries(plain).map(([key, one]) => [key, this.value(one)]));
    return plain;
  }
}
