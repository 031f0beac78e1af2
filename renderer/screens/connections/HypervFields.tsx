/** What only a Hyper-V host is asked for: how to sign in, and how the files of its disks are reached. */
import { Checkbox, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturn } from 'react-hook-form';
import { t } from '../../texts/t.ts';
import classes from './Connections.module.css';
import { signIns, type Source, type SourceInput } from './source-fields.ts';

interface HypervFieldsProps {
  readonly form: UseFormReturn<SourceInput, unknown, Source>;
}

export function HypervFields({ form: { register, formState } }: HypervFieldsProps) {
  const { errors } = formState;
  const isWrong = errors.smbPort !== undefined || errors.places !== undefined;
  return (
    <>
      <NativeSelect
        label={t('connections.method')}
        description={t('connections.signInWhy')}
        error={errors.signInBy?.message}
        data={signIns.map((value) => ({ value, label: t(`connections.signIn.${value}`) }))}
        {...register('signInBy')}
      />
      <details key={String(isWrong)} open={isWrong}>
        <summary>{t('connections.disks')}</summary>
        <Stack mt="sm">
          <TextInput
            label={t('connections.smbPort')}
            description={t('connections.smbPortWhy')}
            autoComplete="off"
            inputMode="numeric"
            className={classes['short'] ?? ''}
            error={errors.smbPort?.message}
            {...register('smbPort')}
          />
          <Checkbox
            label={t('connections.encrypt')}
            description={t('connections.encryptWhy')}
            {...register('encrypt')}
          />
          <Textarea
            label={t('connections.places')}
            description={t('connections.placesWhy')}
            placeholder={'D:\\Hyper-V = /mnt/hyper-v'}
            rows={3}
            spellCheck={false}
            error={errors.places?.message}
            classNames={{ input: classes['mono'] ?? '' }}
            {...register('places')}
          />
        </Stack>
      </details>
    </>
  );
}
