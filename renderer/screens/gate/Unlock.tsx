/** Asks for the passphrase of the sealed file that keeps secrets where there is no key store. */
import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { unlock } from '../../state/session.ts';
import { t } from '../../texts/t.ts';
import { Gate } from './Gate.tsx';

const LEAST_LETTERS = 8;

const newPassphrase = () =>
  z
    .object({ passphrase: z.string().min(LEAST_LETTERS, t('session.passphraseShort')), again: z.string() })
    .refine(({ passphrase, again }) => passphrase === again, {
      path: ['again'],
      message: t('session.passphraseDiffers'),
    });
const knownPassphrase = () => z.object({ passphrase: z.string().min(1), again: z.string() });

export function Unlock({ isNew }: { readonly isNew: boolean }) {
  const { register, handleSubmit, formState } = useForm({
    resolver: zodResolver(isNew ? newPassphrase() : knownPassphrase()),
    defaultValues: { passphrase: '', again: '' },
  });
  const { errors } = formState;

  return (
    <Gate title={t(isNew ? 'session.lockedNew' : 'session.locked')}>
      <Text>{t(isNew ? 'session.lockedNewWhy' : 'session.lockedWhy')}</Text>
      <form onSubmit={(event) => void handleSubmit(({ passphrase }) => unlock(passphrase))(event)}>
        <Stack>
          <PasswordInput
            label={t('session.passphrase')}
            autoComplete={isNew ? 'new-password' : 'current-password'}
            data-autofocus
            error={errors.passphrase?.message}
            {...register('passphrase')}
          />
          {isNew && (
            <PasswordInput
              label={t('session.passphraseAgain')}
              autoComplete="new-password"
              error={errors.again?.message}
              {...register('again')}
            />
          )}
          <Group>
            <Button type="submit">{t(isNew ? 'session.create' : 'session.unlock')}</Button>
            <Button variant="default" onClick={() => unlock(null)}>
              {t('session.withoutVault')}
            </Button>
          </Group>
          <Text size="sm" c="dimmed">
            {t('session.withoutVaultWhy')}
          </Text>
        </Stack>
      </form>
    </Gate>
  );
}
