// How good or bad the mood of an English text is, as OpenFaaS's sentimentanalysis answers it: polarity from -1 to 1, subjectivity from 0
// to 1. By VADER's list of 7,500 words and its rules for negation and emphasis; sentences count equally. Subjectivity is the share of the
// text that carries a mood at all, where strong words weigh more.
'use strict';
const { SentimentIntensityAnalyzer } = require('vader-sentiment');

const MOST_BYTES = 2 ** 20;
/** In words. VADER takes time with the square of a sentence's length, and a list without a full stop is one sentence. */
const LONGEST_SENTENCE = 200;

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
/** VADER knows these in small letters only. */
const negations =
  /\b(?:(?:ai|are|ca|could|dare|did|does|do|had|has|have|is|might|must|need|ought|sha|should|was|were|wo|would)n'?t|cannot|despite|neither|never|none|nope|nor|not|nothing|nowhere|rarely|seldom|without)\b/gi;

module.exports = async (event, context) => {
  const body = event.rawBody;
  if (body.length > MOST_BYTES) {
    const message = `The text has ${body.length} bytes, and ${MOST_BYTES} are the most.`;
    return context.status(413).succeed({ error: 'text-too-long', message, next: 'Send it in parts.' });
  }
  const found = [...sentences.segment(String(body).replaceAll('’', "'"))]
    .map(({ segment }) => segment.trim())
    .filter((sentence) => /[\p{L}\p{N}\p{S}]/u.test(sentence));
  const scores = found.map(score);
  const mean = (part) => {
    const sum = scores.reduce((total, one) => total + one[part], 0);
    return Number((sum / Math.max(1, scores.length)).toFixed(4));
  };
  return context.succeed({
    polarity: mean('polarity'),
    subjectivity: mean('subjectivity'),
    sentence_count: found.length,
  });
};

function score(sentence) {
  const words = sentence.replace(negations, (word) => word.toLowerCase()).split(/\s+/);
  const parts = [];
  for (let at = 0; at < words.length; at += LONGEST_SENTENCE) {
    parts.push(SentimentIntensityAnalyzer.polarity_scores(words.slice(at, at + LONGEST_SENTENCE).join(' ')));
  }
  const mean = (of) => parts.reduce((sum, part) => sum + of(part), 0) / parts.length;
  return { polarity: mean((part) => part.compound), subjectivity: mean((part) => part.pos + part.neg) };
}
