/** Files that somebody wrote by hand: what is wrong with them is told by line, column and field, all of it at once. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { problemsText } from '../../main/shared/file-problems.ts';
import { demandWritten, readWritten } from '../../main/yaml-problems.ts';

const Machine = z.strictObject({
  vm: z.union([z.string(), z.strictObject({ ref: z.string(), name: z.string() })]),
  wave: z.number().int().min(1).default(1),
  notBefore: z.string().nullable().default(null),
});
const Plan = z.strictObject({
  name: z.string().max(8),
  machines: z.array(Machine),
  tags: z.record(z.string(), z.number()).optional(),
});

const saying = (text: string): string => {
  const read = readWritten(Plan, text);
  return read.isSound ? 'sound' : problemsText('plan.yaml', read.problems);
};

describe('a sound file', () => {
  test('is read from YAML as from JSON, with tabs, with a mark at its beginning, and with what is merged in', () => {
    const plan = { name: 'spring', machines: [{ vm: 'web', wave: 2, notBefore: null }] };

    expect(demandWritten(Plan, 'a', 'name: spring\nmachines:\n  - vm: web\n    wave: 2\n')).toEqual(plan);
    expect(demandWritten(Plan, 'a', '{\n\t"name": "spring",\n\t"machines": [{"vm": "web", "wave": 2}]\n}')).toEqual(
      plan,
    );
    expect(demandWritten(Plan, 'a', '\uFEFFname: spring\r\nmachines:\r\n- {vm: web, wave: 2}\r\n')).toEqual(plan);
    expect(
      readWritten(z.strictObject({ x: Machine, y: Machine }), 'x: &a\n  vm: web\ny:\n  <<: *a\n  wave: 3\n'),
    ).toMatchObject({
      isSound: true,
      value: { x: { ...plan.machines[0], wave: 1 }, y: { ...plan.machines[0], wave: 3 } },
    });
  });
});

describe('a large file', () => {
  const machines = Array.from({ length: 10_000 }, (_, at) => ({ vm: `machine-${at}`, wave: 1 + (at % 9) }));
  const text = JSON.stringify({ name: 'large', machines }, null, 2);

  test('is read as the JSON that it is, and has places, too', () => {
    const read = readWritten(Plan, text);

    expect(read).toMatchObject({ isSound: true, value: { machines: { length: 10_000 } } });
    expect(read.isSound && read.problemAt(['machines', 2, 'vm'], 'is not there')).toEqual({
      line: 13,
      column: 13,
      field: 'machines[2].vm',
      says: 'is not there',
    });
  });

  test('tells what is wrong with it all the same', () => {
    expect(saying(text.replace('"wave": 9', '"wave": "nine"'))).toBe(
      'plan.yaml:38:15: machines[8].wave: has to be a number, not a text',
    );
  });
});

describe('a file that is wrong', () => {
  test('is told in every place, in the order of the file, with the name that was meant', () => {
    const text = [
      '# a plan',
      'name: much too long',
      'machines:',
      '  - vm: web',
      '    wawe: 2',
      '  - wave: 1',
      '  - vm: db',
      '    wave: first',
      '    not_before: 2026-01-01',
      '  - vm: 12',
      '  - vm: {ref: vm-1}',
      'tags:',
      '  red: dark',
    ].join('\n');

    expect(saying(text).split('\n')).toEqual([
      'plan.yaml:2:7: name: has to have at most 8 letters',
      'plan.yaml:5:5: machines[0].wawe: there is no such field; did you mean “wave”?',
      'plan.yaml:6:5: machines[1].vm: is missing',
      'plan.yaml:8:11: machines[2].wave: has to be a number, not a text',
      'plan.yaml:9:5: machines[2].not_before: there is no such field; did you mean “notBefore”?',
      'plan.yaml:10:9: machines[3].vm: has to be a text: write it in quotes',
      'plan.yaml:11:9: machines[4].vm.name: is missing',
      'plan.yaml:13:8: tags.red: has to be a number, not a text',
    ]);
  });

  test('names the fields that there are where none is near', () => {
    expect(saying('name: x\nmachines: []\ncolour: red\n')).toBe(
      'plan.yaml:3:1: colour: there is no such field; there are name, machines, tags',
    );
  });

  test('has places in JSON, too, and where its signs are no YAML at all', () => {
    expect(saying('{\n  "name": "x",\n  "machines": [\n    {"vm": "a", "wave": 0}\n  ]\n}')).toBe(
      'plan.yaml:4:25: machines[0].wave: has to be at least 1',
    );
    expect(saying('name: x\nmachines: [\n  {vm: a}\n')).toMatch(/^plan\.yaml:4:1: .*\]/);
    expect(saying('name: x\nname: y\nmachines: []\n')).toMatch(/^plan\.yaml:2:1: Map keys must be unique/);
    expect(saying('')).toBe('plan.yaml:1:1: is empty');
    expect(saying('name: x\nmachines: *nowhere\n')).toBe('plan.yaml:2:11: there is no such anchor');
  });

  test('is told by its first twenty lines, and by how many more there are', () => {
    const lines = saying(`name: x\nmachines:\n${'  - wave: 1\n'.repeat(30)}`).split('\n');

    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('… and 10 more');
  });

  test('cannot eat memory by anchors that stand for anchors', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]',
      'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]',
      'd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]',
    ];

    expect(saying(bomb.join('\n'))).toBe('plan.yaml:1:1: refers to its anchors too often');
  });

  test('is refused as one error with all of it', () => {
    expect(() => demandWritten(Plan, 'plan.yaml', 'name: x\n')).toThrow('plan.yaml:1:1: machines: is missing');
  });
});
