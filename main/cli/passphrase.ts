/** Asks on the terminal for the passphrase that opens the sealed vault, or shall seal a new one. */
import { askSecret, canAsk } from './prompt.ts';

/** Null where there is no terminal, and where nothing shall be kept. */
export async function askPassphrase(isNew: boolean): Promise<string | null> {
  if (!canAsk()) return null;
  if (!isNew) return await askSecret('Passphrase of the vault: ');
  process.stderr.write('There is no key store here: secrets go into a file that a passphrase seals.\n');
  for (;;) {
    const first = await askSecret('New passphrase (empty: keep no secrets): ');
    if (first === '') return null;
    if ((await askSecret('The same once more: ')) === first) return first;
    process.stderr.write('These were two different ones.\n');
  }
}
