/** By what the certificate of an engine elsewhere is known: this computer’s authorities, its fingerprint, or a file. */
import { Button, FileButton, Group, Input, Radio, Stack, Text, TextInput } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useState } from 'react';
import { Controller, useWatch, type UseFormReturn } from 'react-hook-form';
import { t } from '../../texts/t.ts';
import { ways, type EngineFields } from './engine-fields.ts';

/** Of a chain of certificates; more is another file. */
const MOST_BYTES = 256 * 1024;

export function EngineTrustFields({ form }: { readonly form: UseFormReturn<EngineFields> }) {
  const { register, control, formState } = form;
  const { errors } = formState;
  const [way, url] = useWatch({ control, name: ['way', 'url'] });
  if (/^http:/i.test(url.trim())) return null; // without TLS there is no certificate
  return (
    <>
      <Controller
        name="way"
        control={control}
        render={({ field }) => (
          <Radio.Group
            label={t('engine.trust')}
            value={field.value}
            onChange={(wish) => field.onChange(ways.find((one) => one === wish) ?? field.value)}
          >
            <Stack gap="xs" mt="xs">
              {ways.map((one) => (
                <Radio key={one} value={one} label={t(`engine.trustWay.${one}`)} />
              ))}
            </Stack>
          </Radio.Group>
        )}
      />
      {way === 'pinned' && (
        <TextInput
          label={t('engine.fingerprint')}
          description={t('certificate.compareWhy')}
          autoComplete="off"
          spellCheck={false}
          error={errors.fingerprint?.message}
          {...register('fingerprint')}
        />
      )}
      {way === 'authorities' && <CaFile form={form} />}
    </>
  );
}

function CaFile({ form: { setValue, control, formState } }: { readonly form: UseFormReturn<EngineFields> }) {
  const [name, setName] = useState<string | null>(null);
  const choose = async (file: File | null): Promise<void> => {
    if (file === null) return;
    const text = file.size > MOST_BYTES ? file.name : await file.text(); // which is no certificate
    setValue('pem', text, { shouldValidate: true });
    setName(file.name); // not before it is read: whoever sees it may go on
  };
  const pem = useWatch({ control, name: 'pem' });
  const isKnown = name === null && pem !== '';
  return (
    <Input.Wrapper error={formState.errors.pem?.message}>
      <Group gap="xs">
        <FileButton onChange={(file) => void choose(file)} inputProps={{ 'aria-label': t('engine.caFile') }}>
          {(props) => (
            <Button
              {...props}
              size="xs"
              variant="default"
              leftSection={<IconFileImport size={16} aria-hidden="true" />}
            >
              {t('engine.caFile')}
            </Button>
          )}
        </FileButton>
        {name !== null && <Text size="sm">{t('engine.caFileIs', { name })}</Text>}
        {isKnown && <Text size="sm">{t('engine.caFileKnown')}</Text>}
      </Group>
    </Input.Wrapper>
  );
}
