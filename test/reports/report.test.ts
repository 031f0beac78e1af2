/** The migration report: the verdict is drawn from the facts, and the page is safe to open and whole whatever it has to show. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { reportHtml, reportJson } from '../../main/reports/html.ts';
import { html } from '../../main/reports/markup.ts';
import type { MigrationRecord } from '../../main/shared/migration.ts';
import { reportOf } from '../../main/shared/report-of.ts';
import { lineOf } from '../../main/shared/summary-report.ts';
import { checksOf, MigrationReport, verdictOf, type ReportDisk } from '../../main/shared/report.ts';
import type { Finding } from '../../main/shared/preflight.ts';
import { hyperv } from '../plan/sample.ts';
import { goodParts, goodRecord, goodReport } from './sample.ts';

const changed = (changes: Partial<MigrationReport>): MigrationReport => ({ ...goodReport(), ...changes });
const withDisk = (changes: Partial<ReportDisk>): MigrationReport => {
  const report = goodReport();
  return { ...report, disks: report.disks.map((disk, index) => (index === 1 ? { ...disk, ...changes } : disk)) };
};

/** Elements that do not close in the order in which they were opened. */
function unclosed(page: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name = '', self] of page.matchAll(/<(\/?)([a-z]\w*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (self === '/' || ['meta', 'br'].includes(name)) continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

/** The page as its reader sees it: without tags, with entities resolved. */
function textOf(page: string): string {
  const named: Readonly<Record<string, string>> = {
    '&amp;': '&',
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
  };
  return page
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => named[entity] ?? '')
    .replaceAll(/\s+/g, ' ');
}

describe('the verdict', () => {
  test('is “proved” for a run in which everything was', () => {
    expect(verdictOf(goodReport())).toEqual({ proved: true, against: [] });
  });

  test.each([
    ['was not watched', { verdict: 'notWatched', isWanted: false }],
    ['was not watched, though a sign was named', { verdict: 'notWatched', isWanted: true }],
    ['shows nothing, and no sign was named', { verdict: 'unknown', isWanted: false }],
  ] as const)('does not hold a guest against it that %s', (_, change) => {
    const boot = { evidence: 'The console showed nothing.', console: [], ...change };
    const report = changed({ boot });

    expect(verdictOf(report).proved).toBe(true);
    const page = reportHtml(report);
    expect(textOf(page)).toContain('Whether its guest runs was not shown: The console showed nothing.');
    // It stood in green, under “Everything was proved”.
    expect(textOf(page)).toContain('All that could be checked was proved, but the guest was not seen to run');
    expect(textOf(page)).not.toContain('Everything was proved');
    expect(page).toContain('<div class="verdict unseen"');
  });

  const silent: MigrationReport['boot'] = {
    verdict: 'unknown',
    evidence: 'It did not show “ready”.',
    console: [],
    isWanted: true,
  };
  const leftover = { what: 'volume “guts-mig_x”', why: 'It is in use.', remedy: 'Remove it.' };
  const block: Finding = {
    id: 'DSK-01',
    severity: 'blocks',
    says: 'A disk is a raw device.',
    about: ['Hard disk 1'],
    remedy: 'Take it away.',
  };
  const failedCheck = {
    about: 'Hard disk 2',
    claim: 'The image is sound.',
    evidence: '3 errors',
    outcome: 'failed',
  } as const;
  const failure = { code: 'net.gone', message: 'The host went away.', remedy: 'Try again.', retryable: true };
  test.each<[string, MigrationReport, string]>([
    ['it failed', changed({ timeline: [{ stage: 'failed', at: goodReport().startedAt }] }), 'ended as “failed”'],
    ['it says why it failed', changed({ error: failure }), 'The host went away.'],
    ['preflight found what blocks', changed({ findings: [block] }), 'Preflight DSK-01: A disk is a raw device.'],
    ['there is no disk', changed({ disks: [] }), 'No disk was moved.'],
    [
      'a disk of the machine is missing',
      changed({ disks: goodReport().disks.slice(0, 1) }),
      '“Hard disk 2” was not moved',
    ],
    ['a disk has only one proof', withDisk({ proofs: goodReport().disks[1]?.proofs.slice(1) ?? [] }), 'fewer than two'],
    ['the content differs', withDisk({ contentAfter: '00' }), 'was not shown to be the same'],
    ['the content was looked at on one side only', withDisk({ contentAfter: null }), 'was not shown to be the same'],
    ['a check failed', changed({ checks: [failedCheck] }), 'Hard disk 2: not so: The image is sound.'],
    ['the guest does not show the sign that was named', changed({ boot: silent }), 'did not show that it runs'],
    ['something was left behind', changed({ leftBehind: [leftover] }), 'left behind: volume “guts-mig_x”'],
  ])('is “not proved” when %s, and the page says so first', (_, report, reason) => {
    const verdict = verdictOf(report);
    const page = textOf(reportHtml(report));

    expect(verdict.proved).toBe(false);
    expect(verdict.against).toContainEqual(expect.stringContaining(reason));
    expect(page).toContain('Not proved');
    expect(page).toContain(reason);
    expect(page).not.toContain('Everything was proved');
  });

  test('asks for no content digests where none were computed', () => {
    expect(verdictOf(withDisk({ contentBefore: null, contentAfter: null })).proved).toBe(true);
  });
});

describe('the report of a record', () => {
  const recordWith = (change: Partial<MigrationRecord>): MigrationReport =>
    reportOf({ ...goodParts(), record: { ...goodRecord(), ...change } });

  test('has the disks in the machine’s order, however they were done, and what became of everything, with reasons', () => {
    const report = reportOf(goodParts());

    expect(report.disks.map(({ label }) => label)).toEqual(['Hard disk 1', 'Hard disk 2']);
    expect(report.mapping).toEqual([
      { what: 'Machine', from: 'shop-01', to: 'server shop-01', reason: 'It keeps its name.' },
      { what: 'Size', from: '2 CPU, 4 GiB', to: 'flavor m1.medium', reason: 'It has exactly the machine’s size.' },
      {
        what: 'Hardware',
        from: 'pvscsi, vmxnet3',
        to: 'virtio: hw_disk_bus=virtio, hw_vif_model=virtio, hw_firmware_type=bios',
        reason: 'Debian brings virtio drivers in its boot image.',
      },
      {
        what: 'Hard disk 1',
        from: '40 GiB on pvscsi 0:0, [fast] shop-01/shop-01_0.vmdk',
        to: 'image; it boots from it',
        reason: 'Read by lease: The machine is off while it is copied. Sent as qcow2: Only what holds data is sent.',
      },
      expect.objectContaining({ what: 'Hard disk 2', to: 'volume of 1 GiB' }),
      {
        what: 'Network adapter 1',
        from: 'vmxnet3 on “VM Network” 00:50:56:12:34:56',
        to: '“private”, 00:50:56:12:34:56, 192.0.2.10',
        reason: 'You chose it.',
      },
    ]);
    expect(report.destination).toMatchObject({
      server: { name: 'shop-01', flavor: 'm1.medium', profile: 'virtio' },
      ports: [{ label: 'Network adapter 1', network: 'private', floating: '203.0.113.60' }],
    });
    expect(MigrationReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  test('says of a network that was proposed and left as it was why it was proposed, and which address is not kept', () => {
    const { request, plan } = goodRecord();
    const networks = [{ from: 'VM Network', to: 'private', ip: 'auto', proposed: 'only' } as const];
    const ports = (plan?.ports ?? []).map((port) => ({ ...port, fixedIps: [] }));
    const report = recordWith({
      request: { ...request, options: { ...request.options, networks } },
      plan: plan === null ? null : { ...plan, ports },
    });

    expect(report.mapping.at(-1)?.reason).toBe(
      'Proposed: there is no other that a server can be on. No subnet of “private” can give it 192.0.2.10, so that is not kept.',
    );
  });

  test('names what a failure left, with its id and the way out, and why it failed', () => {
    const item = {
      key: 'port:1',
      side: 'destination',
      kind: 'port',
      name: 'guts-mig_0123456789ab-port',
      id: 'p-7',
      facts: {},
    } as const;
    const error = { code: 'net.gone', message: 'The cloud went away.', remedy: 'Try again.', retryable: true };
    const stages = [...goodRecord().stages.slice(0, 3), { stage: 'failed', at: '2026-03-01T12:00:05.000Z' } as const];
    const report = recordWith({ stage: 'failed', stages, outcome: null, ledger: [item], error });
    const page = textOf(reportHtml(report));

    expect(report.leftBehind).toMatchObject([{ what: 'port “guts-mig_0123456789ab-port” at the destination (p-7)' }]);
    expect(verdictOf(report).against).toEqual(
      expect.arrayContaining(['The migration ended as “failed”.', 'The cloud went away.']),
    );
    for (const words of ['guts tidy --remove', 'Try again.', 'net.gone', 'not made']) expect(page).toContain(words);
  });

  test('names the check of a guest that was watched in vain as its boot is named', () => {
    const { outcome } = goodRecord();
    const boot = { verdict: 'unknown' as const, evidence: 'Its console showed nothing in 180 s.', console: [] };
    const report = recordWith({ outcome: outcome === null ? null : { ...outcome, boot } });

    expect(checksOf(report)).toContainEqual(
      expect.objectContaining({ claim: 'The guest runs on the new server.', outcome: 'not shown' }),
    );
    expect(textOf(reportHtml(report))).not.toContain('not made');
  });

  describe('that was undone', () => {
    const at = (second: number): string => `2026-03-01T12:00:${String(second).padStart(2, '0')}.000Z`;
    const error = {
      code: 'openstack.server-failed',
      message: 'No valid host was found.',
      remedy: 'Make room.',
      retryable: false,
    };
    const stages: MigrationRecord['stages'] = [
      ...goodRecord().stages.slice(0, 4),
      { stage: 'failed', at: at(20), error },
      { stage: 'preflight', at: at(30) },
      { stage: 'failed', at: at(45), error },
      { stage: 'cleaning', at: at(50) },
      { stage: 'cancelled', at: at(51) },
    ];
    const undone = (change: Partial<MigrationRecord> = {}): MigrationReport =>
      recordWith({
        stage: 'cancelled',
        stages,
        stoppedAt: null,
        stops: [
          { at: at(1), againAt: at(19) },
          { at: at(32), againAt: at(44) },
        ],
        ...change,
      });

    // It said that nothing was stopped.
    test('says when its machine was stopped, and when it ran again', () => {
      const report = undone();
      const page = textOf(reportHtml(report));

      expect(report).toMatchObject({ downtimeSeconds: 30, stops: [{ by: 'source' }, { at: at(32), until: at(44) }] });
      expect(page).toContain('30 s until it was started again at the source');
      expect(page).toContain('2026-03-01 12:00:01 UTC 2026-03-01 12:00:19 UTC 18 s it was started again at the source');
      expect(page).not.toContain('was not stopped');
    });

    test('says so where nobody noted when it ran again, and where it does not', () => {
      const unknown = undone({ stops: [{ at: at(1), againAt: null }] });
      const off = undone({ stops: [{ at: at(1), againAt: null }], stoppedAt: at(1) });

      expect(unknown).toMatchObject({ downtimeSeconds: null, stops: [{ by: 'unknown', until: null }] });
      expect(textOf(reportHtml(unknown))).toContain('– the machine was stopped; when it ran again is not known');
      expect(textOf(reportHtml(off))).toContain('– the machine was stopped, and is still off');
    });

    test('keeps why it had failed, with the remedy; that undoing failed is no cause', () => {
      const trouble = { code: 'migration.left-behind', message: 'A port is left.', remedy: 'Tidy.', retryable: true };
      const twice = [...stages.slice(0, -1), { stage: 'failed', at: at(52), error: trouble } as const];

      for (const report of [undone(), undone({ stage: 'failed', stages: twice, error: trouble })])
        expect(verdictOf(report).against).toContain('What had gone wrong before: No valid host was found.');
      expect(lineOf(undone()).error).toBe('openstack.server-failed');
      for (const words of ['No valid host was found.', 'Make room.', 'openstack.server-failed'])
        expect(textOf(reportHtml(undone()))).toContain(words);
    });

    test('takes for no cause that it was interrupted and went on', () => {
      const cut = { code: 'migration.interrupted', message: 'It was cut.', remedy: 'Nothing.', retryable: true };
      const interrupted = { stage: 'waiting', at: at(46), error: cut } as const;
      const withCause = undone({ stages: [...stages.slice(0, -2), interrupted, ...stages.slice(-2)] });
      const alone = undone({ stages: [...stages.slice(0, 4), interrupted, ...stages.slice(-2)] });

      expect(verdictOf(withCause).against).toContain('What had gone wrong before: No valid host was found.');
      expect(JSON.stringify(verdictOf(alone).against)).not.toContain('What had gone wrong');
    });

    test('takes nothing that was removed for proof, nor for what is there now', () => {
      const report = undone();
      const page = textOf(reportHtml(report));

      expect(checksOf(report)).toEqual([]);
      expect(report).toMatchObject({ boot: null, warnings: [], destination: { server: null, ports: [] } });
      expect(page).toContain('No server has come of it; the machine at the source is the one to rely on');
      expect(page).toContain('“Hard disk 1” was copied, and the copy was removed again.');
      for (const gone of ['image-2000', 'volume-2001', 'port-1', '6f1c0f9e-server', 'Do not rely on the moved machine'])
        expect(page).not.toContain(gone);
    });

    test('but for a disk counts the proofs of what is left of it', () => {
      const item = { key: 'volume:2001', side: 'destination', kind: 'volume', name: 'guts-x', facts: {} } as const;
      const report = undone({ stage: 'failed', error, ledger: [{ ...item, id: 'volume-2001' }] });

      expect(new Set(checksOf(report).map(({ about }) => about))).toEqual(new Set(['Hard disk 2']));
    });
  });

  test('of one that still runs says where it stands, and calls nothing left behind', () => {
    const stages = goodRecord().stages.slice(0, 3);
    const item = {
      key: 'image:2000',
      side: 'destination',
      kind: 'image',
      name: 'guts-x',
      id: null,
      facts: {},
    } as const;
    const report = recordWith({ stage: 'copying', stages, outcome: null, disks: [], ledger: [item], isRunning: true });
    const page = textOf(reportHtml(report));

    expect(report.leftBehind).toEqual([]);
    expect(page).toContain('Not finished');
    expect(page).toContain('The migration is only at “copying”.');
  });

  test('names the Hyper-V host that the machine was moved from, and how its disks were read', () => {
    const { source, vm, ...rest } = goodParts();
    const machine = vm === null ? null : { ...vm, hyperv: hyperv({ generation: 1, version: '9.0' }) };
    const about = {
      product: 'Microsoft Hyper-V',
      version: '10.0.20348',
      build: 'Windows Server 2022 Standard',
      kind: 'hyperv',
      instanceId: 'hv01.example.net',
    } as const;
    const disks = goodRecord().disks.map((disk) => ({ ...disk, reading: 'file' as const }));
    const record = { ...goodRecord(), outcome: null, disks };
    const page = textOf(
      reportHtml(reportOf({ ...rest, record, vm: machine, source: { ...source, connection: 'hv1', about } })),
    );

    expect(page).toContain('Microsoft Hyper-V 10.0.20348, host hv01.example.net (hv1) → OpenStack');
    expect(page).toMatch(/System\s+Windows Server 2022 Standard/);
    expect(page).toContain('blocks of the disk’s own file');
    expect(page).toContain('BIOS, generation 1, configuration version 9.0');
    expect(page).not.toContain('Build');
  });

  test('holds what is known when both connections are gone and preflight never came to the machine', () => {
    const nobody = { connection: null, address: null, about: null };
    const record = { ...goodRecord(), plan: null, disks: [], outcome: null };
    const report = reportOf({ ...goodParts(), record, vm: null, source: nobody, destination: nobody });
    const page = reportHtml(report);

    expect(report).toMatchObject({ title: 'shop-01', mapping: [], boot: null });
    expect(textOf(page)).toContain('a source that is not known here any more');
    expect(unclosed(page)).toEqual([]);
  });
});

describe('the page', () => {
  test('shows machine, disks, checks with evidence, serial lines, findings with remedies, mapping, stages, hashes, commands', () => {
    const report = goodReport();
    const page = textOf(reportHtml(report));

    const words = `
      Everything was proved|Both disks arrived complete and unchanged; 9 checks say so|Debian GNU/Linux 12 (64-bit)
      |VMware vCenter Server 8.0.3 (vc1) → OpenStack, project shop (os1)|https://vc1.example.net|compute 2.93, image 2.15
      |private: 00:50:56:12:34:56, 192.0.2.10, floating 203.0.113.60|40 GiB|33.5 GiB empty|the host’s export stream
      |compressed blocks carried over|shop-01 login:|image-2000|volume-2001|3 min 7 s|running, tools running
      |openstack server show 6f1c0f9e-server`.split('|');
    const shown = [
      words.map((phrase) => phrase.trim()),
      report.disks.flatMap(({ sha512, contentAfter }) => [sha512, contentAfter ?? '']),
      report.mapping.flatMap(({ what, from, to, reason }) => [what, from, to, reason]),
      report.findings.flatMap(({ id, says, remedy }) => [id, says, remedy]),
      checksOf(report).flatMap(({ claim, evidence }) => [claim, evidence]),
      report.timeline.map(({ stage }) => stage),
    ].flat();
    for (const phrase of shown) expect(page).toContain(phrase);
  });

  test('stands alone: no script, no address, and a policy that lets in nothing but its own style', () => {
    const page = reportHtml(goodReport()).replaceAll(/<code>https:[^<]*<\/code>/g, ''); // shown, not asked for
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');

    expect(page).toContain(`content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;;`);
    expect(page).not.toMatch(/<script|<img|<link|\ssrc=|\shref=|\sstyle=|\son\w+=|https?:|@import|url\(/i);
    expect(style).toContain('prefers-color-scheme:dark');
    expect(style).toContain('@media print');
  });

  test('can be read by those who do not see it: language, one heading, table headers and captions, names for regions', () => {
    const page = reportHtml(goodReport());
    const tables = page.match(/<table>/g)?.length ?? 0;

    expect(page).toContain('<html lang="en">');
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(tables).toBeGreaterThan(5);
    expect(page.match(/<caption>\s*[^<\s]/g)).toHaveLength(tables);
    expect(page.match(/<section [^>]*aria-labelledby="([a-z-]+)"[^>]*>\s*<h2 id="\1">/g)?.length).toBe(
      page.match(/<section/g)?.length,
    );
    expect(page.match(/<tr>(?!\s*<th scope="(row|col)")/g)).toBeNull();
  });

  test('stays whole when names are hostile', () => {
    const nasty = `</title><script>alert(1)</script>"'><!-- \u202egpj.exe\u0000 & &lt;`;
    const report = goodReport();
    const everywhere: unknown = JSON.parse(JSON.stringify(report), (key, value: unknown) =>
      typeof value === 'string' && !['at', 'startedAt', 'finishedAt'].includes(key) ? nasty : value,
    );
    const page = reportHtml(everywhere as MigrationReport); // the same shape; only its texts are others

    expect(page).not.toMatch(/<script/i);
    expect(page.match(/<!--/g)).toBeNull();
    expect(page.includes('\u0000') || page.includes('\u202e')).toBe(false);
    expect(page.match(/<title>/g)).toHaveLength(1);
    expect(unclosed(page)).toEqual([]);
    expect(textOf(page)).toContain(String.raw`<!-- \u202egpj.exe\u0000 & &lt;`);
  });

  test.each([
    ['a good run', goodReport()],
    ['a run that did nothing', changed({ disks: [], checks: [], findings: [], timeline: [], mapping: [], boot: null })],
    ['a run with kept files', changed({ files: [{ path: '/srv/a', what: 'a', sizeBytes: 1, sha512: 'ab' }] })],
  ])('closes every element that it opens, for %s', (_, report) => {
    expect(unclosed(reportHtml(report))).toEqual([]);
  });

  test('gives commands that a shell takes as they are meant', () => {
    const file = { path: `/srv/my vms/it's.qcow2`, what: 'Hard disk 1', sizeBytes: 1, sha512: 'ab' };
    const page = textOf(reportHtml(changed({ files: [file] })));

    expect(page).toContain(String.raw`qemu-img check '/srv/my vms/it'\''s.qcow2'`);
  });
});

describe('the JSON', () => {
  test('is the report again, with the verdict, which nobody can put in by hand', () => {
    const report = goodReport();
    const parsed: unknown = JSON.parse(reportJson({ ...report, verdict: { proved: false } } as MigrationReport)); // one field too many

    expect(parsed).toMatchObject({ verdict: { proved: true, against: [] } });
    expect(MigrationReport.parse(parsed)).toEqual(report);
  });
});

describe('markup', () => {
  test('escapes every value but markup', () => {
    const name = '<b>"&\'';

    expect(html`<i title="${name}">${name}${html`<u>${1}</u>`}${[html`a`, html`b`]}</i>`.text).toBe(
      '<i title="&lt;b&gt;&quot;&amp;&#39;">&lt;b&gt;&quot;&amp;&#39;<u>1</u>ab</i>',
    );
  });
});
