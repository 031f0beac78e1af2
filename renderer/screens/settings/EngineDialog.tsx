/** Adds an engine elsewhere, or gives another token or certificate for one: it is tested before it is kept. */
import { Alert, Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { EngineFacts, KeptEngine } from '../../../main/shared/engines.ts';
import type { CertificateFacts } from '../../../main/shared/trust.ts';
import { ask } from '../../bridge.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { showEngine, useEngines } from '../../state/engines.ts';
import { t } from '../../texts/t.ts';
import { blame } from '../connections/blame.ts';
import { CertificateCard } from '../connections/CertificateCard.tsx';
import { engineFields, fieldsOf, trustOf, type EngineFields } from './engine-fields.ts';
import { EngineTrustFields } from './EngineTrustFields.tsx';

interface EngineDialogProps {
  /** Null for one that is new. */
  readonly engine: KeptEngine | null;
  readonly onClose: () => void;
}

/** Which field an error is about. */
const about: Readonly<Record<string, keyof EngineFields>> = {
  'engine.name-taken': 'name',
  'access.token-refused': 'token',
  'access.not-signed-in': 'token',
  'server.unreachable': 'url',
  'server.strange-answer': 'url',
  'api.wrong-host': 'url',
};

interface Found {
  readonly facts: EngineFacts;
  readonly fields: EngineFields;
}

export function EngineDialog({ engine, onClose }: EngineDialogProps) {
  const isNew = engine === null;
  const form = useForm({ resolver: zodResolver(engineFields(isNew)), defaultValues: fieldsOf(engine) });
  const { register, handleSubmit, setValue, control, formState } = form;
  const address = useWatch({ control, name: 'url' });
  const { errors, isSubmitting } = formState;
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [doubt, setDoubt] = useState<CertificateFacts | null>(null);

  const fail = (thrown: unknown): void => {
    const info = toErrorInfo(thrown);
    if (!blame(form, about, info)) setError(info);
  };
  const test = async (fields: EngineFields): Promise<void> => {
    setError(null);
    setDoubt(null);
    setFound(null);
    try {
      const facts = await tried(engine, fields);
      if (isNew) setFound({ facts, fields });
      else onClose(); // what was given is kept already
    } catch (thrown) {
      fail(thrown);
      if (toErrorInfo(thrown).code === 'engine.untrusted') setDoubt(await lookAt(fields.url));
    }
  };
  const keep = async (isShown: boolean): Promise<void> => {
    if (found === null) return;
    const { fields } = found;
    try {
      const { id } = await ask('engines.add', { ...wishOf(fields), trust: trustOf(fields) });
      onClose();
      if (isShown) await showEngine(id);
    } catch (thrown) {
      fail(thrown);
    }
  };
  const pin = (sha256: string): void => {
    setValue('way', 'pinned');
    setValue('fingerprint', sha256);
    void handleSubmit(test)();
  };

  return (
    <Dialog
      title={isNew ? t('engine.add') : t('engine.changeNamed', { name: engine.name })}
      size="lg"
      isKept
      onClose={onClose}
    >
      <form
        noValidate
        onChange={() => setFound(null)} // what was tested is something else
        onSubmit={(event) => void handleSubmit(test)(event)}
      >
        <Stack gap="sm">
          {isNew && (
            <>
              <TextInput
                label={t('connections.name')}
                description={t('engine.nameWhy')}
                autoComplete="off"
                error={errors.name?.message}
                data-autofocus
                {...register('name')}
              />
              <TextInput
                label={t('engine.address')}
                description={t('engine.addressWhy')}
                autoComplete="off"
                inputMode="url"
                spellCheck={false}
                error={errors.url?.message}
                {...register('url')}
              />
            </>
          )}
          <PasswordInput
            label={t(isNew ? 'engine.token' : 'engine.tokenNew')}
            description={t(isNew ? 'engine.tokenWhy' : 'engine.tokenNewWhy')}
            autoComplete="off"
            error={errors.token?.message}
            {...register('token')}
          />
          <EngineTrustFields form={form} />
          {error !== null && <ErrorCard error={error} />}
          {doubt !== null && (
            <CertificateCard address={address} facts={doubt} takesFocus>
              <Group>
                <Button onClick={() => pin(doubt.sha256)}>{t('certificate.rightOne')}</Button>
                <Button variant="default" onClick={() => setDoubt(null)}>
                  {t('certificate.notTheOne')}
                </Button>
              </Group>
            </CertificateCard>
          )}
          {found !== null && <FoundCard facts={found.facts} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('dialog.cancel')}
            </Button>
            {found === null ? (
              <Button type="submit" loading={isSubmitting}>
                {t(isNew ? 'engine.test' : 'engine.testAndKeep')}
              </Button>
            ) : (
              <>
                <Button variant="default" onClick={() => void keep(false)}>
                  {t('engine.keep')}
                </Button>
                <Button onClick={() => void keep(true)}>{t('engine.keepAndShow')}</Button>
              </>
            )}
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function FoundCard({ facts: { version, fit, caller } }: { readonly facts: EngineFacts }) {
  const own = useEngines((view) => view.version);
  return (
    <Alert color={fit === 'same' ? 'teal' : 'yellow'}>
      <output>
        {t('engine.found', { version, name: caller.name, role: caller.role })}
        {fit === 'older' && ` ${t('engine.foundOlder', { own })}`}
        {fit === 'newer' && ` ${t('engine.foundNewer', { own })}`}
      </output>
    </Alert>
  );
}

const wishOf = ({ name, url, token }: EngineFields) => ({ name, url, token });

/** A new one is tried; of one that is known, what was given is tried and kept. */
async function tried(engine: KeptEngine | null, fields: EngineFields): Promise<EngineFacts> {
  const trust = trustOf(fields);
  if (engine === null) return await ask('engines.test', { ...wishOf(fields), trust });
  const { token } = fields;
  return (await ask('engines.change', { id: engine.id, trust, ...(token === '' ? {} : { token }) })).facts;
}

/** Null where it cannot be looked at: the error before says why. */
const lookAt = async (url: string): Promise<CertificateFacts | null> =>
  await ask('engines.look', { url }).catch(() => null);
