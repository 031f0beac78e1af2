/** The JSON Schema of what reports say, for programs that read them. */
import { z } from 'zod';
import { ReportFile } from '../shared/report.ts';
import { SummaryReport } from '../shared/summary-report.ts';

/**
 * `MigrationReport` is a report as files hold it; over REST it comes without the verdict, which `SummaryReport` has in its
 * lines. Fields that are not described may be added by a later Guts under the same version.
 */
export function reportSchema(): Record<string, unknown> {
  const definition = (schema: z.ZodType, also: object = {}): object => {
    const { $schema: _, ...made } = z.toJSONSchema(schema, {
      io: 'output',
      override: ({ jsonSchema }) => {
        if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties; // more may come
      },
    });
    return { ...made, ...also };
  };
  const withoutVerdict = Object.keys(ReportFile.shape).filter((name) => name !== 'verdict');
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Reports of Guts',
    oneOf: [{ $ref: '#/$defs/MigrationReport' }, { $ref: '#/$defs/SummaryReport' }],
    $defs: {
      MigrationReport: definition(ReportFile, { required: withoutVerdict }),
      SummaryReport: definition(SummaryReport),
    },
  };
}
