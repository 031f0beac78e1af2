/** Makes a token, and shows it: this once, until somebody says that they have it. */
import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { Role, type TokenFacts } from '../../../main/shared/access.ts';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import { call } from '../../api.ts';
import { copyText } from '../../parts/copy.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { t } from '../../texts/t.ts';
import classes from './Settings.module.css';

interface NewTokenProps {
  readonly onMade: () => void;
  readonly onClose: () => void;
}

const fields = () =>
  z.object({
    name: z.string().trim().min(1, t('tokens.nameMissing')).max(63, t('tokens.nameLong')),
    role: Role,
    /** As `2026-12-31`; empty is never. */
    lastDay: z.string().refine((day) => day === '' || endOf(day).getTime() > Date.now(), t('tokens.past')),
  });
type Fields = z.infer<ReturnType<typeof fields>>;

/** At the end of that day, here. */
function endOf(day: string): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + 1);
}

export function NewToken({ onMade, onClose }: NewTokenProps) {
  const [told, setTold] = useState<(TokenFacts & { readonly token: string }) | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const { register, handleSubmit, control, formState } = useForm({
    resolver: zodResolver(fields()),
    defaultValues: { name: '', role: 'viewer', lastDay: '' } satisfies Fields as Fields,
  });
  const make = async ({ name, role, lastDay }: Fields): Promise<void> => {
    setError(null);
    try {
      const expiresAt = lastDay === '' ? null : endOf(lastDay).toISOString();
      setTold(await call('tokens.create', { name, role, expiresAt }));
      onMade();
    } catch (thrown) {
      setError(toErrorInfo(thrown));
    }
  };
  const { errors, isSubmitting } = formState;
  if (told !== null)
    return (
      <Dialog title={t('tokens.told', { name: told.name })} size="lg" key="told" isKept onClose={onClose}>
        <Told token={told.token} onClose={onClose} />
      </Dialog>
    );
  return (
    <Dialog title={t('tokens.new')} isKept onClose={onClose}>
      <form onSubmit={(event) => void handleSubmit(make)(event)}>
        <Stack gap="sm">
          <TextInput
            label={t('tokens.name')}
            description={t('tokens.nameWhy')}
            error={errors.name?.message}
            autoComplete="off"
            data-autofocus
            {...register('name')}
          />
          <Controller
            name="role"
            control={control}
            render={({ field }) => (
              <NativeSelect
                label={t('tokens.role')}
                description={t(`tokens.roleWhy.${field.value}`)}
                data={Role.options.map((role) => ({ value: role, label: t(`tokens.role.${role}`) }))}
                value={field.value}
                onChange={({ currentTarget }) => field.onChange(Role.safeParse(currentTarget.value).data ?? 'viewer')}
              />
            )}
          />
          <TextInput
            type="date"
            label={t('tokens.lastDay')}
            description={t('tokens.lastDayWhy')}
            error={errors.lastDay?.message}
            {...register('lastDay')}
          />
          {error !== null && <ErrorCard error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('dialog.cancel')}
            </Button>
            <Button type="submit" loading={isSubmitting}>
              {t('tokens.make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

interface ToldProps {
  readonly token: string;
  readonly onClose: () => void;
}

function Told({ token, onClose }: ToldProps) {
  const [isCopied, setIsCopied] = useState(false);
  return (
    <Stack gap="sm">
      <div className={classes['told']}>
        <Text size="sm">{t('tokens.toldWhy')}</Text>
        <code>{token}</code>
      </div>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('tokens.done')}
        </Button>
        <Button data-autofocus onClick={() => void copyText(token).then(() => setIsCopied(true))}>
          {isCopied ? t('error.copied') : t('tokens.copy')}
        </Button>
      </Group>
    </Stack>
  );
}
