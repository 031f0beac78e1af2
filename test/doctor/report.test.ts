/** The doctor's report as a page: the same facts, and nothing that a server says becomes markup. */
import { describe, expect, test } from 'vitest';
import { DoctorReport } from '../../main/shared/doctor.ts';
import { doctorHtml } from '../../main/reports/doctor-html.ts';

const report: DoctorReport = DoctorReport.parse({
  doctorVersion: 1,
  takenAt: '2026-11-26T20:00:00.000Z',
  seconds: 12.3,
  from: { host: 'guts01', addresses: ['192.0.2.7'] },
  source: { id: 'src_000000000001', name: 'vc01', product: 'VMware vCenter Server 8.0.3' },
  destination: { id: 'dst_000000000001', name: 'cloud', project: 'migration' },
  machine: { ref: 'vm-101', name: '<b>web</b>', power: 'off', why: 'It is the one that was named.' },
  steps: [
    {
      id: 'ports/esx-01:443',
      group: 'ports',
      about: 'esx-01:443',
      verdict: 'bad',
      says: '<script>alert(1)</script>',
      remedy: 'Have it opened.',
      milliseconds: 3,
      evidence: ['ECONNREFUSED'],
    },
  ],
  readings: [
    {
      reading: 'lease',
      verdict: 'good',
      bytes: 67_108_864,
      seconds: 0.5,
      bytesPerSecond: 134_217_728,
      wholeSeconds: 80,
      says: 'It came.',
    },
  ],
  chosen: { reading: 'lease', why: 'It is the only way that works.' },
  verdict: 'bad',
  leftBehind: [],
});

describe('as a page', () => {
  test('it says what is bad, what to do, how fast each way is, and which to take', () => {
    const page = doctorHtml(report);

    for (const words of [
      'The way from vc01 to cloud',
      'bad as it is',
      'Have it opened.',
      '134 MB/s',
      '1 min 20 s',
      'The way to take: lease',
    ])
      expect(page).toContain(words);
  });

  test('nothing that a server says is markup', () => {
    const page = doctorHtml(report);

    expect(page).not.toContain('<script>');
    expect(page).not.toContain('<b>web');
    expect(page).toContain('&lt;script&gt;');
  });
});
