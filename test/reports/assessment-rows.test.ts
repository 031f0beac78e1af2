/** Rows of an assessment’s reports: a machine is called by its name, and by its id only where that tells nobody which it is. */
import { describe, expect, test } from 'vitest';
import { assessmentAs } from '../../main/reports/assessment/formats.ts';
import { estate, judged } from '../assessment/estate.ts';
import { disk, machine } from '../plan/sample.ts';
import { readPdf } from '../support/pdf-text.ts';

const assessment = await judged(
  estate({
    vms: [
      machine({ ref: 'vm-101', name: 'web', hasTpm: true, disks: [disk({ rawDevice: 'physical' })] }),
      machine({ ref: 'vm-102', name: 'twin' }),
      machine({ ref: 'vm-103', name: 'twin' }),
    ],
  }),
);

describe('a machine in a report', () => {
  test('has its id only where another one has its name', async () => {
    const csv = String(await assessmentAs(assessment, 'csv'));
    const page = String(await assessmentAs(assessment, 'html'));
    const paper = readPdf(Buffer.from(await assessmentAs(assessment, 'pdf'))).text;

    for (const text of [csv, page, paper]) {
      expect(text).not.toContain('vm-101');
      expect(text).toContain('vm-102');
      expect(text).toContain('vm-103');
    }
  });

  test('is not named again beside what was found of it, and places are', async () => {
    const csv = String(await assessmentAs(assessment, 'csv'));

    expect(csv).toContain(',DSK-04: Hard disk 1; DEV-02,');
  });

  test('leads from what was found of it to what that means', async () => {
    const page = String(await assessmentAs(assessment, 'html'));

    expect(page).toMatch(/<a href="#DSK-04" title="A disk is a device of the storage[^"]+">DSK-04<\/a>: Hard disk 1/);
    expect(page).toContain('id="DSK-04"');
    expect(page).toMatch(/>DEV-02<\/a>: The machine has a TPM/);
  });

  test('stands on a page and on paper that name no flags, whoever reads them', async () => {
    const page = String(await assessmentAs(assessment, 'html'));
    const paper = readPdf(Buffer.from(await assessmentAs(assessment, 'pdf'))).text;

    for (const text of [page, paper]) {
      expect(text).toContain('at an assumed rate');
      expect(text.replaceAll(/<style>[^]*<\/style>/g, '')).not.toMatch(/--[a-z]/);
    }
  });
});
