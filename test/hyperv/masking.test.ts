/** What a host says, shown to strangers: names are masked however they are written. */
import { expect, test } from 'vitest';
import { Masking } from '../../worker/sources/hyperv/masking.ts';

test('a name is masked in large and small letters, and within a longer text', () => {
  const masking = new Masking();
  masking.know('hv01.corp.example', 'host');
  masking.learn({ machines: [{ name: 'Ledger [1]$', path: 'D:\\VMs\\Ledger [1]$' }] });

  expect(masking.text('HV01.CORP.example has no LEDGER [1]$ at d:\\vms\\ledger [1]$\\a.vhdx.')).toBe(
    '<host 1> has no <name 1> at <path 1>\\a.vhdx.',
  );
  expect(masking.value({ said: ['Ledger [1]$', 'Running'] })).toEqual({ said: ['<name 1>', 'Running'] });
});

test('a name that is learnt later is masked as well', () => {
  const masking = new Masking();
  expect(masking.text('shop-01 runs')).toBe('shop-01 runs');

  masking.know('SHOP-01', 'name');

  expect(masking.text('shop-01 runs')).toBe('<name 1> runs');
});
