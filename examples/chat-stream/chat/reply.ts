/** Stands in for a model: here you would ask one, and pass its words on as they come. */
export function reply(question: string): string {
  const words = question.split(/\s+/);
  const last = words.at(-1)?.replace(/[?!.,]+$/, '') ?? '';
  return `You asked ${words.length} words, and the last one was ${last}. I am no model, but I answer like one: word by word.`;
}
