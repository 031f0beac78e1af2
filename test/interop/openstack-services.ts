/** The services of the real OpenStack as processes: one can end all of a sudden, and `openstackPeer` starts it again. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { until } from '../support/until.ts';

const lab = path.resolve(import.meta.dirname, '../peers/openstack/lab.sh');
/** Where the peer keeps the numbers of its processes. */
const state = process.env['LAB_STATE'] ?? '/tmp/guts-lab/openstack';

/** `haproxy` is what publishes the ports of all others. */
export type Service = 'glance-api' | 'nova-api' | 'haproxy';

/** As in a power cut. Returns when neither the service nor any of its workers is there any more. */
export async function end(service: Service): Promise<void> {
  const [pid = '', startTime] = readFileSync(path.join(state, 'pids', service), 'utf8')
    .trim()
    .split(' ');
  if (startTime === undefined || startTimeOf(pid) !== startTime) throw new Error(`${service} does not run`);
  process.kill(-Number(pid), 'SIGKILL'); // the peer makes each the first of a group of its own
  await until(
    async () => isThere(Number(pid)),
    (is) => !is,
  );
}

/** Ends all of them in good order: whoever wants the peer next gets one that nobody has hurt. */
export async function endAll(): Promise<void> {
  await promisify(execFile)(lab, ['down'], { maxBuffer: 16 * 1024 * 1024 });
}

/** Services remember for minutes what Keystone has said of a token; from now on they ask it again. */
export async function forgetTokens(): Promise<void> {
  const flush = String.raw`exec 3<>/dev/tcp/127.0.0.1/11211; printf 'flush_all\r\n' >&3; read -r said <&3; [ "$said" = $'OK\r' ]`;
  await promisify(execFile)(lab, ['exec', 'bash', '-c', flush]);
}

/** As the peer notes it, so that whoever got the same number later is not taken for the service. */
function startTimeOf(pid: string): string | undefined {
  const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
}

function isThere(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}
