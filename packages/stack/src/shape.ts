/** What may stand at a place of a YAML document: data, so that reading, help and the JSON Schema are made from one definition. */
export type Shape =
  | { readonly kind: 'text'; readonly says: string; readonly pattern?: RegExp; readonly mustBe?: string }
  | { readonly kind: 'flag'; readonly says: string }
  | { readonly kind: 'list'; readonly says: string; readonly of: Shape }
  | {
      readonly kind: 'map';
      readonly says: string;
      readonly of: Shape;
      readonly key?: RegExp;
      readonly keyMustBe?: string;
    }
  | { readonly kind: 'object'; readonly says: string; readonly keys: Readonly<Record<string, Shape>> };

/** Text: also numbers and words such as `true`, taken as they are spelled. `pattern` covers the whole, `mustBe` says it in words. */
export const text = (says: string, pattern?: RegExp, mustBe?: string): Shape => ({
  kind: 'text',
  says,
  ...(pattern === undefined ? {} : { pattern }),
  ...(mustBe === undefined ? {} : { mustBe }),
});
export const flag = (says: string): Shape => ({ kind: 'flag', says });
export const list = (says: string, of: Shape = text('')): Shape => ({ kind: 'list', says, of });
export const map = (says: string, of: Shape = text('')): Shape => ({ kind: 'map', says, of });
export const object = (says: string, keys: Readonly<Record<string, Shape>>): Shape => ({
  kind: 'object',
  says,
  keys,
});

/** The shape as JSON Schema (draft 2020-12), for editors. */
export function jsonSchema(shape: Shape): object {
  const description = shape.says === '' ? {} : { description: shape.says };
  switch (shape.kind) {
    case 'text':
      return {
        ...description,
        type: ['string', 'number', 'boolean', 'null'],
        ...(shape.pattern === undefined ? {} : { pattern: shape.pattern.source }),
      };
    case 'flag':
      return { ...description, type: ['boolean', 'null'] };
    case 'list':
      return { ...description, type: ['array', 'null'], items: jsonSchema(shape.of) };
    case 'map':
      return {
        ...description,
        type: ['object', 'null'],
        ...(shape.key === undefined ? {} : { propertyNames: { pattern: shape.key.source } }),
        additionalProperties: jsonSchema(shape.of),
      };
    case 'object': {
      const entries = Object.entries(shape.keys).map(([key, of]) => [key, jsonSchema(of)]);
      return {
        ...description,
        type: ['object', 'null'],
        properties: Object.fromEntries(entries),
        patternProperties: { '^x-': {} },
        additionalProperties: false,
      };
    }
  }
}
