/** `guts rules`: what a move is held against at this site, whether a file could be the site's own, and its schema. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { scratch } from '../support/disks.ts';
import { guts } from '../support/guts.ts';

describe('guts rules', () => {
  const tmp = scratch();
  const data = tmp.file('data');
  mkdirSync(data);
  writeFileSync(tmp.file('sound.yaml'), 'severities: { CBT-04: blocks }\noff: { VM-05: twins are fine }\n');
  writeFileSync(tmp.file('wrong.yaml'), 'severities:\n  CBT-04: blocks\n  DSK-04: warns\n');
  afterAll(() => tmp[Symbol.dispose]());

  test('lists them as this site weighs them', async () => {
    writeFileSync(tmp.file('data/preflight.yaml'), 'severities: { CBT-04: blocks }\noff: { VM-05: twins are fine }\n');
    const { code, stdout } = await guts(data, 'rules');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^CBT-04 +blocks +warns +The machine has snapshots/m);
    expect(stdout).toMatch(/^VM-05 +off +warns .*\(left out: twins are fine\)$/m);
    expect(stdout).toMatch(/^DSK-04 +blocks +A disk is a device/m);
  });

  test('says where the site’s own file is wrong', async () => {
    writeFileSync(tmp.file('data/preflight.yaml'), 'severitys: {}\n');
    const { code, stderr } = await guts(data, 'rules');

    expect(code).toBe(1);
    expect(stderr).toContain('preflight.yaml:1:1: severitys: there is no such field; did you mean “severities”?');
  });

  test('looks at a file before it counts', async () => {
    const sound = await guts(data, 'rules', '--file', tmp.file('sound.yaml'));
    const wrong = await guts(data, 'rules', '--file', tmp.file('wrong.yaml'));
    const gone = await guts(data, 'rules', '--file', tmp.file('gone.yaml'));

    expect(sound.stdout).toContain('is sound: 1 weigh otherwise, 1 are left out, 0 are its own.');
    expect([wrong.code, gone.code]).toEqual([1, 1]);
    expect(wrong.stderr).toContain('wrong.yaml:3:11: severities.DSK-04: DSK-04 has to block');
    expect(gone.stderr).toContain('preflight.unreadable-rules');
  });

  test('prints the schema of such a file', async () => {
    const { stdout } = await guts(data, 'rules', '--schema');

    expect(JSON.parse(stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: {
        severities: {},
        off: {},
        rules: { items: { required: ['id', 'severity', 'says', 'remedy', 'when'] } },
      },
      $defs: { Condition: { additionalProperties: false, properties: { not: { $ref: '#/$defs/Condition' } } } },
    });
  });
});
