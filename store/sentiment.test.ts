// The function sentiment.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { callStreamed, missing, withStoreFunction } from './store-function.fixtures.ts';

const sentiment = { folders: ['sentiment'] as [string], modules: ['vader-sentiment'] };
const skip = missing(sentiment);

interface Mood {
  polarity: number;
  subjectivity: number;
  sentence_count: number;
}

const withMood = (use: (ask: (body: string) => Promise<Mood>) => Promise<void>) =>
  withStoreFunction(sentiment, ({ call }) =>
    use(async (body) => {
      // As curl -d sends it.
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await call('/', { method: 'POST', body, headers });
      assert.equal(answer.status, 200, answer.text);
      const mood = JSON.parse(answer.text) as Mood;
      assert.deepEqual(Object.keys(mood), ['polarity', 'subjectivity', 'sentence_count']);
      assert.ok(Math.abs(mood.polarity) <= 1 && mood.subjectivity >= 0 && mood.subjectivity <= 1);
      return mood;
    }),
  );

describe('sentiment', { skip }, () => {
  test('knows good from bad, and both from neither', () =>
    withMood(async (ask) => {
      for (const text of [
        'I love this. It is wonderful, and the people are so friendly!',
        'What a great day',
        'It was not bad',
        'Nothing to complain about, the service was excellent',
      ]) {
        assert.ok((await ask(text)).polarity > 0.3, text);
      }
      for (const text of [
        'This is terrible. I hate it.',
        'The worst film that I have ever seen',
        'Great food, but the service was awful and rude',
      ]) {
        assert.ok((await ask(text)).polarity < -0.2, text);
      }
      for (const text of [
        'The table has four legs.',
        'constructor __proto__ toString',
        'Das Haus ist grün',
      ]) {
        assert.deepEqual(await ask(text), { polarity: 0, subjectivity: 0, sentence_count: 1 }, text);
      }
    }));

  test('understands not', () =>
    withMood(async (ask) => {
      for (const text of [
        'not good',
        'Not good at all.',
        'NOT good',
        "It isn't very good",
        'It isn’t very good',
        'DON\u2019T like it',
        'Never good',
      ]) {
        assert.ok((await ask(text)).polarity <= 0, text);
      }
    }));

  test('counts sentences, and each as much as the other', () =>
    withMood(async (ask) => {
      const good = await ask('It is good.');
      const both = await ask('It is good. It has a door.\n\nIt is good! Is it?');
      assert.equal(both.sentence_count, 4);
      assert.ok(both.polarity > 0 && both.polarity < good.polarity);
      assert.ok(both.subjectivity > 0 && both.subjectivity < good.subjectivity);
      assert.ok(
        good.subjectivity > (await ask('It is good that the table stands where it stood.')).subjectivity,
      );
    }));

  test('says nothing of nothing', () =>
    withMood(async (ask) => {
      for (const text of ['', ' \n', '... !!']) {
        assert.deepEqual(await ask(text), { polarity: 0, subjectivity: 0, sentence_count: 0 }, text);
      }
    }));

  test('reads 100 KB in time, whatever they are', () =>
    withMood(async (ask) => {
      const texts = [
        'The food was good. But it was not cheap! ',
        'good but not good and bad but nice ',
        'a',
        "n't",
        'good!,',
      ].map((text) => text.repeat(Math.ceil(102_400 / text.length)));
      for (const text of texts) {
        const since = performance.now();
        await ask(text);
        assert.ok(performance.now() - since < 5000, text.slice(0, 40));
      }
    }));

  test('refuses more than a megabyte', () =>
    withStoreFunction(sentiment, async (deployed) => {
      const { status, body } = await callStreamed(deployed, '/', Buffer.from('good '.repeat(300_000)));
      assert.equal(status, 413);
      assert.match(JSON.parse(String(body)).message, /1500000 bytes, and 1048576/);
    }));
});
