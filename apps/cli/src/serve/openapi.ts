import { z } from 'zod';
import { version } from '../version.ts';
import {
  errorSchema,
  modelSchema,
  outcomesSchema,
  predictionSchema,
  predictQuerySchema,
  segmentSchema,
  streamMessageSchema,
  streamQuerySchema,
  timelineQuerySchema,
} from './schemas.ts';
import { type ServiceErrorCode, serviceErrorStatus } from './service-error.ts';
import type { ServeSettings } from './settings.ts';

/** A query parameter. */
export interface Parameter {
  name: string;
  in: 'query';
  required: boolean;
  description: string;
  schema: Record<string, unknown>;
}

/** One method of one path. */
export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required: true; content: Record<string, unknown> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string; license: object };
  paths: Record<string, Partial<Record<'get' | 'post', Operation>>>;
  components: { schemas: Record<string, unknown>; securitySchemes?: Record<string, unknown> };
}

const named = { errorSchema, predictionSchema, outcomesSchema, segmentSchema, modelSchema };

/** Describes the service as it runs, from the schemas that its requests are checked with. */
export function createOpenApiDocument({ limits, token }: ServeSettings): OpenApiDocument {
  const mebibytes = limits.maxBodyBytes / 2 ** 20;
  const secured = token === undefined ? {} : { security: [{ bearer: [] }] };
  const uploadErrors = describeErrors(
    ...(['BODY_INVALID', 'REQUEST_INVALID', 'UPLOAD_TIMED_OUT', 'TOO_MANY_REQUESTS'] as const),
    ...(['OVERLOADED', 'TIMED_OUT', 'WORKER_LOST', 'SHUTTING_DOWN'] as const),
  );
  const audioErrors = {
    '413': answer('BODY_TOO_LARGE, TOO_MANY_FILES, AUDIO_TOO_LONG', refer('Error')),
    '415': answer('AUDIO_UNSUPPORTED', refer('Error')),
    '422': answer('Any other AUDIO_… code: the audio cannot be judged', refer('Error')),
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Speech emotion recognition',
      version,
      description: `Bodies of up to ${mebibytes} MiB; clips of up to ${limits.maxDurationSec} s; WAV, FLAC, MP3, Ogg, WebM, AIFF, AU or CAF. A model says which acted emotion a voice resembles, not what a person feels.`,
      license: { name: 'MIT' },
    },
    paths: {
      '/v1/predict': {
        post: {
          operationId: 'predict',
          summary: 'The emotion of each clip',
          description: `The body is one file, or a form with up to ${limits.maxFiles}. A form is answered with one entry a file; one that cannot be judged costs no other its result.`,
          ...secured,
          parameters: listParameters(predictQuerySchema),
          requestBody: {
            required: true,
            content: {
              'audio/*': { schema: {} },
              'multipart/form-data': { schema: formSchema('array') },
            },
          },
          responses: {
            '200': answer('Prediction for a file, Outcomes for a form', {
              oneOf: [refer('Prediction'), refer('Outcomes')],
            }),
            ...uploadErrors,
            ...audioErrors,
          },
        },
      },
      '/v1/timeline': {
        post: {
          operationId: 'timeline',
          summary: 'Where somebody speaks in a recording, and with which emotion',
          ...secured,
          parameters: listParameters(timelineQuerySchema),
          requestBody: {
            required: true,
            content: {
              'audio/*': { schema: {} },
              'multipart/form-data': { schema: formSchema('single') },
            },
          },
          responses: {
            '200': {
              description: 'The segments, in the format asked for',
              content: {
                'application/json': { schema: { type: 'array', items: refer('Segment') } },
                'text/csv': {},
                'text/vtt': {},
                'text/plain': {},
              },
            },
            ...uploadErrors,
            ...audioErrors,
          },
        },
      },
      '/v1/stream': {
        get: {
          operationId: 'stream',
          summary: 'Live audio over a WebSocket',
          description:
            'Send mono samples as binary messages of any length; each update comes back as a text message, a StreamMessage. An error is the last message.',
          ...secured,
          parameters: listParameters(streamQuerySchema),
          responses: {
            '101': { description: 'The WebSocket is open' },
            ...describeErrors('REQUEST_INVALID', 'TOO_MANY_STREAMS', 'SHUTTING_DOWN'),
          },
        },
      },
      '/v1/model': {
        get: {
          operationId: 'model',
          summary: 'The model that runs, and what is allowed',
          ...secured,
          responses: { '200': answer('Model', refer('Model')) },
        },
      },
      '/healthz': probe('healthz', 'Whether the server answers'),
      '/readyz': probe('readyz', 'Whether it can predict; 503 while it starts or shuts down'),
      '/metrics': {
        get: {
          operationId: 'metrics',
          summary: 'Figures for Prometheus',
          ...secured,
          responses: { '200': { description: 'Metrics', content: { 'text/plain': {} } } },
        },
      },
    },
    components: {
      schemas: createSchemas(),
      ...(token !== undefined && {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      }),
    },
  };
}

function createSchemas(): Record<string, unknown> {
  const registry = z.registry<{ id: string }>();
  for (const schema of Object.values(named)) registry.add(schema, { id: schema.meta()!.id! });
  registry.add(streamMessageSchema, { id: 'StreamMessage' });
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: __, id: ___, ...schema }]) => [
      id,
      schema,
    ]),
  );
}

function listParameters(schema: z.ZodObject): Parameter[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const {
      $schema: _,
      description,
      ...rest
    } = z.toJSONSchema(field as z.ZodType, { io: 'output' });
    const required = !(field as z.ZodType).safeParse(undefined).success;
    return { name, in: 'query', required, description: description ?? '', schema: rest };
  });
}

function formSchema(files: 'single' | 'array'): object {
  const file = { type: 'string', contentMediaType: 'application/octet-stream' };
  const schema = files === 'array' ? { type: 'array', items: file } : file;
  return { type: 'object', properties: { file: schema }, required: ['file'] };
}

function refer(id: string): object {
  return { $ref: `#/components/schemas/${id}` };
}

function answer(description: string, schema: object) {
  return { description, content: { 'application/json': { schema } } };
}

function describeErrors(...codes: ServiceErrorCode[]): Operation['responses'] {
  const statuses = new Map<number, string[]>();
  for (const code of codes) {
    const status = serviceErrorStatus[code];
    statuses.set(status, [...(statuses.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...statuses].map(([status, list]) => [status, answer(list.join(', '), refer('Error'))]),
  );
}

function probe(operationId: string, summary: string): { get: Operation } {
  return { get: { operationId, summary, responses: { '200': { description: 'Yes' } } } };
}
