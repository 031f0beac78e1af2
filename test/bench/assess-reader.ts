/** Reads an export and prints how many machines it has: what `assess.ts` measures. */
import '../../main/shared/shim.ts';
import { readEstate } from '../../worker/assessment/read/read-estate.ts';

async function main(): Promise<void> {
  const { vms } = await readEstate(process.argv.slice(2), new AbortController().signal);
  process.stdout.write(String(vms.length));
}

void main();
