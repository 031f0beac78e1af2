/** The request for whoever owns the firewall: from where, to where, which port, and why; as Markdown and as a table. */
import type { DoctorReport } from '../../../main/shared/doctor.ts';
import type { Way } from './ways.ts';

type From = DoctorReport['from'];

export function firewallMarkdown(from: From, ways: readonly Way[], warnings: readonly string[]): string {
  const who = fromText(from);
  const rows = ways.map(
    ({ to, port, what, why }) => `| ${cell(who)} | ${cell(to)} | TCP ${port} | ${cell(what)} | ${cell(why)} |`,
  );
  return `${[
    '# Ways to be opened for moving machines with Guts',
    '',
    `Guts runs on ${cell(who)} and makes every connection itself; nobody connects to it from there. All of it is TCP; answers go back on`,
    'the same connection. TCP 902 of ESXi hosts is not needed.',
    '',
    '| from | to | port | what is there | why |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...(warnings.length === 0
      ? []
      : ['What could not be found out:', '', ...warnings.map((one) => `- ${cell(one)}`), '']),
    'If names are used, this machine also has to reach its name servers (port 53) and a time server (UDP 123).',
  ].join('\n')}\n`;
}

export function firewallCsv(from: From, ways: readonly Way[]): string {
  const rows = ways.map(({ to, port, what, why }) => [fromText(from), to, 'TCP', String(port), what, why]);
  const all = [['from', 'to', 'protocol', 'port', 'what is there', 'why'], ...rows];
  return all.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

const fromText = ({ host, addresses }: From): string =>
  addresses.length === 0 ? host : `${host} (${addresses.join(', ')})`;

/** Names come from servers: none of them makes a column, a line, or a link. */
const cell = (text: string): string =>
  text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[|\\`*_<>[\]]/g, (sign) => `\\${sign}`);

/** A spreadsheet takes what begins like a formula for one. */
function field(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
