/** What the vault asks of a place that keeps secrets. */

export interface SecretPlace {
  readonly kind: 'keyStore' | 'sealedFile';
  has(id: string): Promise<boolean>;
  /** Null where there is none under this id, or no passphrase to open it with. */
  get(id: string): Promise<string | null>;
  delete(id: string): Promise<void>;
}
