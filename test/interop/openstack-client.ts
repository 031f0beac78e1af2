/** The OpenStack project's own command line, which has learnt nothing from ours. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What it says; `env` holds the `OS_` variables that tell it where and as whom. */
export async function openstack(env: Readonly<Record<string, string>>, ...words: string[]): Promise<unknown> {
  const { PATH = '' } = process.env;
  const { stdout } = await promisify(execFile)('/usr/bin/openstack', [...words, '-f', 'json'], {
    env: { PATH, ...env },
  });
  return JSON.parse(stdout) as unknown;
}
