/** The migration report: the verdict is drawn from the facts, and the page is safe to open and whole whatever it has to show. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { reportHtml, reportJson } from '../../main/reports/html.ts';
import { html } from '../../main/reports/markup.ts';
import { checksOf, MigrationReport, verdictOf, type BootReport, type ReportDisk } from '../../main/shared/report.ts';
import type { Finding } from '../../main/shared/preflight.ts';
import { goodReport } from './sample.ts';

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

  test('does not hold a boot against it that could not be tried', () => {
    expect(verdictOf(changed({ boot: { tried: false, reason: 'qemu-system-x86_64 is not installed.' } })).proved).toBe(
      true,
    );
  });

  const failedBoot: BootReport = { tried: true, proved: false, lines: [], ended: 'It said nothing.', seconds: 60 };
  const leftover = { what: '/srv/vms/x.part', why: 'The disk went away.', remedy: 'Remove it.' };
  const block: Finding = {
    id: 'LOC-01',
    severity: 'blocks',
    says: 'A disk is damaged.',
    about: ['disk1'],
    remedy: 'Export it again.',
  };
  const failedCheck = {
    about: 'Disk 2',
    claim: 'The image is sound.',
    evidence: '3 errors',
    outcome: 'failed',
  } as const;
  test.each<[string, MigrationReport, string]>([
    [
      'the run did not end well',
      changed({ timeline: goodReport().timeline.slice(0, 3) }),
      'ended in the stage “copying”',
    ],
    ['nothing is known of the run', changed({ timeline: [] }), 'ended in the stage “none”'],
    ['preflight found what blocks', changed({ findings: [block] }), 'Preflight LOC-01: A disk is damaged.'],
    ['there is no disk', changed({ disks: [] }), 'No disk was moved.'],
    ['a disk has only one proof', withDisk({ proofs: goodReport().disks[1]?.proofs.slice(1) ?? [] }), 'fewer than two'],
    ['the content differs', withDisk({ contentAfter: '00' }), 'was not shown to be the same'],
    [
      'the content was to be compared and was not',
      withDisk({ contentBefore: null, contentAfter: null }),
      'was not shown to be the same',
    ],
    ['a check failed', changed({ checks: [failedCheck] }), 'Disk 2: not so: The image is sound.'],
    ['the machine did not boot', changed({ boot: failedBoot }), 'did not boot as expected. It said nothing.'],
    ['something was left behind', changed({ leftBehind: [leftover] }), 'left behind: /srv/vms/x.part'],
    [
      'a file differs from the manifest',
      changed({
        source: {
          ...goodReport().source,
          files: [{ name: 'a.vmdk', sizeBytes: 1, digest: null, manifest: 'differs' }],
        },
      }),
      '“a.vmdk” is not what the manifest',
    ],
  ])('is “not proved” when %s, and the page says so first', (_, report, reason) => {
    const verdict = verdictOf(report);
    const page = textOf(reportHtml(report));

    expect(verdict).toMatchObject({ proved: false, against: [expect.stringContaining(reason)] });
    expect(page).toContain('Not proved');
    expect(page).toContain(reason);
    expect(page).not.toContain('Everything was proved');
  });

  test('asks for no content digests where only sums were to be checked', () => {
    expect(verdictOf({ ...withDisk({ contentBefore: null, contentAfter: null }), verify: 'sums' }).proved).toBe(true);
  });
});

describe('the page', () => {
  test('shows machine, disks, checks with evidence, serial lines, findings with remedies, mapping, stages, hashes, commands', () => {
    const report = goodReport();
    const page = textOf(reportHtml(report));

    const words = `
      Everything was proved|Both disks arrived complete and unchanged; 7 checks say so|Debian GNU/Linux 11 (64-bit)
      |00:50:56:12:34:56|40 GiB|33.5 GiB empty|compressed blocks carried over|GUTS-DEMO: content verified
      |virtio on “default”|virsh define /srv/vms/shop-01/shop-01.xml`.split('|');
    const shown = [
      words.map((phrase) => phrase.trim()),
      report.disks.flatMap(({ sha512, contentAfter }) => [sha512 ?? '', contentAfter ?? '']),
      report.source.files.map(({ digest }) => digest?.hex ?? ''),
      report.findings.flatMap(({ id, says, remedy }) => [id, says, remedy]),
      checksOf(report).flatMap(({ claim, evidence }) => [claim, evidence]),
      report.timeline.map(({ stage }) => stage),
    ].flat();
    for (const phrase of shown) expect(page).toContain(phrase);
  });

  test('stands alone: no script, no address, and a policy that lets in nothing but its own style', () => {
    const page = reportHtml(goodReport());
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
    [
      'a run that did nothing',
      changed({
        disks: [],
        checks: [],
        findings: [],
        timeline: [],
        mapping: [],
        boot: { tried: false, reason: 'No disk.' },
      }),
    ],
    [
      'a bare disk',
      changed({
        source: { ...goodReport().source, vm: null, files: [] },
        destination: { ...goodReport().destination, files: [] },
      }),
    ],
  ])('closes every element that it opens, for %s', (_, report) => {
    expect(unclosed(reportHtml(report))).toEqual([]);
  });

  test('gives commands that a shell takes as they are meant', () => {
    const page = textOf(reportHtml(withDisk({ output: `/srv/my vms/it's.qcow2` })));

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
