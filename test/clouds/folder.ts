/** A folder of a test's own, with the files that the test puts there. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { CloudPlaces } from '../../main/clouds/clouds-yaml.ts';
import { GutsError } from '../../main/shared/errors.ts';

export class TestFolder implements Disposable {
  readonly path = mkdtempSync(path.join(tmpdir(), 'guts-clouds-'));

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  /** @returns its whole path */
  write(name: string, content: string | Uint8Array): string {
    const file = path.join(this.path, name);
    writeFileSync(file, content);
    return file;
  }

  places(changes: Partial<CloudPlaces> = {}): CloudPlaces {
    return { cwd: this.path, env: {}, folders: [], ...changes };
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** The error that work ends in, which must be one that Guts explains. */
export async function refusal(work: Promise<unknown>): Promise<GutsError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GutsError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}
