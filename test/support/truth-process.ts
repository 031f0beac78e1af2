/** A daemon's side of the truth as a process of its own, to be killed: it keeps entries in a file, and stands still before it answers where it is told to. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { Broker } from '../../main/fleet/broker/broker.ts';
import { passwordIn } from '../../main/fleet/broker/password.ts';
import { keepTruth } from '../../main/fleet/truth.ts';

const [url = '', passwordFile = '', file = '', how = ''] = process.argv.slice(2);
const broker = new Broker({
  url,
  trust: { kind: 'system' },
  password: async () => await passwordIn(passwordFile),
  name: 'guts story truth',
});
const kept = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);

await keepTruth(broker, {
  answer: async (question) => {
    if (question.kind !== 'entry') return { kind: 'fenced' };
    const line = `${question.migration} ${question.token} ${question.number}`;
    if (kept().includes(line)) return { kind: 'taken', goodForMs: 30_000 };
    appendFileSync(file, `${line}\n`);
    if (how === 'stands-still') {
      process.stdout.write('kept\n');
      await new Promise(() => {}); // until it is killed
    }
    return { kind: 'taken', goodForMs: 30_000 };
  },
});
