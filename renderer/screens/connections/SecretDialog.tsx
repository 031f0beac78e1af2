/** Gives the password of a connection anew, and signs in with it at once. */
import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import { call } from '../../api.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { toast } from '../../parts/toast.ts';
import { details } from '../../state/details.ts';
import { testConnection, useTests } from '../../state/tests.ts';
import { t } from '../../texts/t.ts';
import type { ConnectionRow } from './rows.ts';

interface SecretDialogProps {
  readonly row: ConnectionRow;
  readonly onClose: () => void;
}

export function SecretDialog({ row, onClose }: SecretDialogProps) {
  const { side, id, name, who } = row;
  const [error, setError] = useState<ErrorInfo | null>(null);
  const { register, handleSubmit, setFocus, formState } = useForm({ defaultValues: { secret: '' } });

  const give = async ({ secret }: { readonly secret: string }): Promise<void> => {
    setError(null);
    try {
      await giveSecret(row, secret);
      await details.load();
      await testConnection(side, id);
    } catch (thrown) {
      setError(toErrorInfo(thrown));
      return;
    }
    const outcome = useTests.getState()[id]?.last?.outcome;
    if (outcome?.side === 'failed') {
      setError(outcome.error);
      setFocus('secret', { shouldSelect: true });
    } else {
      toast(t('connections.secretTaken', { name }));
      onClose();
    }
  };

  return (
    <Dialog onClose={onClose} title={t('connections.secretOf', { name })}>
      <form onSubmit={(event) => void handleSubmit(give)(event)} noValidate>
        <Stack>
          <Text>{t('connections.secretWhy', { who })}</Text>
          {error !== null && <ErrorCard title={t('connections.secretRefused', { name })} error={error} />}
          <PasswordInput
            label={t('connections.password')}
            autoComplete="off"
            data-autofocus
            error={formState.errors.secret?.message}
            {...register('secret', { required: t('connections.passwordMissing') })}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('dialog.cancel')}
            </Button>
            <Button type="submit" loading={formState.isSubmitting}>
              {t('connections.keepAndTest')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

async function giveSecret({ side, id }: ConnectionRow, secret: string): Promise<void> {
  if (side === 'source') await call('sources.secret', { source: id, secret });
  else await call('destinations.secret', { destination: id, secret });
}
