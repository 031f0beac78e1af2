/** Leaves the real OpenStack of test/peers as it was found: one that a story had to start is stopped after the last. */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';

const lab = path.resolve(import.meta.dirname, '../peers/openstack/lab.sh');
const isUp = (): boolean => spawnSync(lab, ['status'], { stdio: 'ignore' }).status === 0;

export function setup(): () => void {
  const wasUp = isUp();
  return () => {
    if (!wasUp && isUp()) spawnSync(lab, ['down'], { stdio: 'ignore' });
  };
}
