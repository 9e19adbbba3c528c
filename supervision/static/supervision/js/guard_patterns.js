// What has a shape of its own: numbers, addresses, dates, ages. The same as `PATTERNS` of the server; a test compares them.

const PATTERNS = [
  ["place", String.raw`[-+]?\b[0-9]{1,2}\.[0-9]{3,}(?: ?°)?(?: ?[ns])?[ ,;]+[-+]?[0-9]{1,3}\.[0-9]{3,}(?: ?°)?(?: ?[ew]\b)?`, 0],
  ["mail", String.raw`[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+`, 0],
  ["mail", String.raw`[a-z0-9._%+-]+ ?(?:\(at\)|\[at\]| at |@) ?[a-z0-9-]+ ?(?:\(dot\)|\[dot\]| dot | nukta |\.) ?(?:com|org|net|co|ac|info)\b`, 0],
  ["handle", String.raw`(?:https?://|www\.|wa\.me/|t\.me/|fb\.com/|m\.me/|chat\.whatsapp\.com/)[^ \t\n<>]*[^ \t\n<>.,;:!?)]`, 0],
  ["handle", String.raw`[a-z0-9-]+\.(?:com|org|net|me|co\.ke|or\.ke|info)/[^ \t\n<>]*[^ \t\n<>.,;:!?)]`, 0],
  ["handle", String.raw`(?:^|[ \t\n(:])(@[a-z_][a-z0-9_.]{2,}[a-z0-9_])`, 1],
  ["date", String.raw`\b(?:19|20)[0-9]{2}[-/.][01]?[0-9][-/.][0-3]?[0-9]\b`, 0],
  ["date", String.raw`\b[0-3]?[0-9][/.-][0-3]?[0-9][/.-](?:(?:19|20)[0-9]{2}|[0-9]{2})\b`, 0],
  ["date", String.raw`\b[0-3]?[0-9](?:st|nd|rd|th)?(?: of)?[ -](?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b(?:,?[ -](?:19|20)[0-9]{2})?`, 0],
  ["date", String.raw`\b(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\.? (?:the [0-3]?[0-9](?:st|nd|rd|th)|[0-3]?[0-9](?:st|nd|rd|th)?)\b(?:,? (?:19|20)[0-9]{2})?(?! ?(?:times|weeks|days|months|years|%))`, 0],
  ["date", String.raw`\b(?:tarehe )?[0-3]?[0-9](?: ya)? (?:januari|februari|machi|aprili|mei|juni|julai|agosti|septemba|oktoba|novemba|desemba)\b(?:,?(?: mwaka)? (?:19|20)[0-9]{2})?`, 0],
  ["date", String.raw`\btarehe [0-3]?[0-9]\b(?: mwezi wa [a-z0-9]+)?(?: (?:19|20)[0-9]{2})?`, 0],
  ["date", String.raw`[0-3]?[0-9] (?:من )?(?:شهر )?(?:يناير|فبراير|مارس|أبريل|ابريل|إبريل|نيسان|مايو|أيار|ايار|يونيو|حزيران|يوليو|تموز|أغسطس|اغسطس|آب|سبتمبر|أيلول|ايلول|أكتوبر|اكتوبر|تشرين الأول|تشرين الاول|نوفمبر|تشرين الثاني|ديسمبر|كانون الأول|كانون الاول|كانون الثاني|شباط|آذار|اذار)(?: (?:سنة |عام )?(?:19|20)[0-9]{2})?`, 0],
  ["date", String.raw`\b(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|januari|februari|machi|aprili|mei|juni|julai|agosti|septemba|oktoba|novemba|desemba)(?: wa| ya| mwaka)?,? (?:19|20)[0-9]{2}\b`, 0],
  ["date", String.raw`(?:يناير|فبراير|مارس|أبريل|ابريل|إبريل|نيسان|مايو|أيار|ايار|يونيو|حزيران|يوليو|تموز|أغسطس|اغسطس|آب|سبتمبر|أيلول|ايلول|أكتوبر|اكتوبر|تشرين الأول|تشرين الاول|نوفمبر|تشرين الثاني|ديسمبر|كانون الأول|كانون الاول|كانون الثاني|شباط|آذار|اذار) (?:سنة |عام )?(?:19|20)[0-9]{2}`, 0],
  ["date", String.raw`\b(?:born|birth|dob)[^0-9]{0,12}((?:19|20)[0-9]{2})\b`, 1],
  ["date", String.raw`\b(?:alizaliwa|amezaliwa|kuzaliwa|aliyezaliwa)[^0-9]{0,16}((?:19|20)[0-9]{2})\b`, 1],
  ["date", String.raw`(?:مواليد|ولد|ولدت|ميلاده|ميلادها|الميلاد)[^0-9]{0,10}((?:19|20)[0-9]{2})`, 1],
  ["age", String.raw`\b(?:aged?|age of|is|turned|turns) +(9[0-9]|1[01][0-9])\b(?! ?(?:%|percent|kg|kgs|kilos|pounds|km|metres|meters|miles|cm|days|weeks|months|minutes|hours|times|mg|ml|bpm|shillings|bob|ksh|points|out of|per|each|of|degrees|people|steps|[/.:-] ?[0-9]))`, 1],
  ["age", String.raw`\bage(?: is| was)?(?: ?[:=-] ?| )(9[0-9]|1[01][0-9])\b(?! ?(?:%|percent|kg|kgs|kilos|pounds|km|metres|meters|miles|cm|days|weeks|months|minutes|hours|times|mg|ml|bpm|shillings|bob|ksh|points|out of|per|each|of|degrees|people|steps|[/.:-] ?[0-9]))`, 1],
  ["age", String.raw`\b(?:he|she|who|man|woman|lady|parent|neighbour|neighbor|elder|patient|client|mother|father|mum|mom|dad|grandmother|grandfather|grandma|grandpa|granny|husband|wife|uncle|aunt|auntie|widow|widower)(?:['’]s| was| is now| is about| was about| is already| turned| of) +(9[0-9]|1[01][0-9])\b(?! ?(?:%|percent|kg|kgs|kilos|pounds|km|metres|meters|miles|cm|days|weeks|months|minutes|hours|times|mg|ml|bpm|shillings|bob|ksh|points|out of|per|each|of|degrees|people|steps|[/.:-] ?[0-9]))`, 1],
  ["age", String.raw`\b(?:mother|father|mum|mom|dad|grandmother|grandfather|grandma|grandpa|granny|husband|wife|uncle|aunt|auntie|widow|widower) (9[0-9]|1[01][0-9])\b(?! ?(?:%|percent|kg|kgs|kilos|pounds|km|metres|meters|miles|cm|days|weeks|months|minutes|hours|times|mg|ml|bpm|shillings|bob|ksh|points|out of|per|each|of|degrees|people|steps|[/.:-] ?[0-9]))`, 1],
  ["age", String.raw`\b(?:he|she|who|man|woman|lady|parent|neighbour|neighbor|elder|patient|client|mother|father|mum|mom|dad|grandmother|grandfather|grandma|grandpa|granny|husband|wife|uncle|aunt|auntie|widow|widower), (9[0-9]|1[01][0-9])\b(?! ?(?:%|percent|kg|kgs|kilos|pounds|km|metres|meters|miles|cm|days|weeks|months|minutes|hours|times|mg|ml|bpm|shillings|bob|ksh|points|out of|per|each|of|degrees|people|steps|[/.:-] ?[0-9]))`, 1],
  ["age", String.raw`\b(9[0-9]|1[01][0-9])[ -]*(?:(?:years?|yrs?|y)[ -]*(?:old|/o|of age)|yo|y\.o)\b`, 1],
  ["age", String.raw`\bumri(?: wake| wangu)?(?: ni)?(?: ?[:=-] ?| )(9[0-9]|1[01][0-9])\b`, 1],
  ["age", String.raw`\b(?:bibi|babu|nyanya|mzee|ajuza|shangazi|mjomba)(?: wake| wangu| wa)?,?(?: ana| mwenye)? (9[0-9]|1[01][0-9])\b(?! ?(?:%|percent|kg|kgs|kilos|pounds|km|metres|meters|miles|cm|days|weeks|months|minutes|hours|times|mg|ml|bpm|shillings|bob|ksh|points|out of|per|each|of|degrees|people|steps|[/.:-] ?[0-9]|sh|shilingi|elfu))`, 1],
  ["age", String.raw`\b(?:umri wa |ana |mwenye |wa )?(?:miaka|umri wa) (?:ya )?(9[0-9]|1[01][0-9])\b`, 1],
  ["age", String.raw`(?:عمره|عمرها|عمر|العمر|يبلغ|تبلغ|بعمر|عندها|عنده)[^0-9]{0,12}(9[0-9]|1[01][0-9])`, 1],
  ["age", String.raw`(9[0-9]|1[01][0-9]) (?:سنة|سنه|عاما|عامًا|عام)`, 1],
  ["age", String.raw`(?:امي|أمي|امها|أمها|امه|أمه|والدتي|والدتها|والدته|والدي|والدها|والده|جدتي|جدتها|جدته|جدي|جدها|العجوز|عجوز|المسنة|المسن)،? (9[0-9]|1[01][0-9])\b(?! ?(?:%|percent|kg|kgs|kilos|pounds|km|metres|meters|miles|cm|days|weeks|months|minutes|hours|times|mg|ml|bpm|shillings|bob|ksh|points|out of|per|each|of|degrees|people|steps|[/.:-] ?[0-9]|دينار|جنيه|ليرة|كيلو|يوم|مرة))`, 1],
  ["id_number", String.raw`(?:^|[^a-z0-9؀-ۿ])(?:و|ال|ب)?(?:id|ids|passport|nhif|sha|nssf|huduma|unhcr|nin|file|patient|registration|reg|member|membership|card|insurance|policy|hospital|clinic|op|ip|case|ration|ctc|ccc|kitambulisho|pasipoti|faili|kadi|bima|الهوية|هوية|هويتها|هويته|الملف|ملف|جواز|الجواز|جوازها|جوازه|القيد|البطاقة|بطاقة|بطاقتها|بطاقته|المفوضية|السجل|التأمين|الوطني|القومي)(?:[ .:#]+(?:number|num|no|nr|namba|nambari|ya|yake|yangu|wa|ni|is|was|السفر|سفر|رقم|رقمه|رقمها|هو|هي|في|رقمي))*[ .:#]+([0-9]{1,4}(?:[ -][0-9]{3,4}){2,4}|[0-9]{4}[ -][0-9]{4})\b`, 1],
  ["id_number", String.raw`(?:^|[^a-z0-9؀-ۿ])(?:و|ال|ب)?(?:id|ids|passport|nhif|sha|nssf|huduma|unhcr|nin|file|patient|registration|reg|member|membership|card|insurance|policy|hospital|clinic|op|ip|case|ration|ctc|ccc|kitambulisho|pasipoti|faili|kadi|bima|الهوية|هوية|هويتها|هويته|الملف|ملف|جواز|الجواز|جوازها|جوازه|القيد|البطاقة|بطاقة|بطاقتها|بطاقته|المفوضية|السجل|التأمين|الوطني|القومي)(?:[ .:#]+(?:number|num|no|nr|namba|nambari|ya|yake|yangu|wa|ni|is|was|السفر|سفر|رقم|رقمه|رقمها|هو|هي|في|رقمي))*[ .:#]+([a-z]{0,4}[-/. ]?[0-9][a-z0-9/.-]{2,}[a-z0-9])`, 1],
  ["phone", String.raw`(?:\+|\b00)[0-9](?:[ ./()-]{0,2}[0-9]){7,14}\b`, 0],
  ["phone", String.raw`\b(?:20|27|44|91|2[1-6][0-9]|291|96[1-8]|970|97[1-4])[ .-][0-9]{2,3}[ .-]?[0-9]{3}[ .-]?[0-9]{3,4}\b`, 0],
  ["id_number", String.raw`\b[a-z]{1,5}[/-][0-9]{2,}[/-][0-9]{2,}\b`, 0],
  ["id_number", String.raw`\b[0-9]{2,}/[0-9]{2,}/[0-9]{3,}\b`, 0],
  ["date", String.raw`\b(?:0?[1-9]|1[0-2])/(?:19|20)[0-9]{2}\b`, 0],
  ["id_number", String.raw`\b[a-z]{1,3}-?[0-9]{6,}[a-z]?\b`, 0],
  ["id_number", String.raw`\b[0-9]{3}-[0-9]{2}[c-]?[0-9]{4,5}\b`, 0],
  ["id_number", String.raw`\bk[a-d][a-z] ?[0-9]{3}[a-z]\b`, 0],
  ["phone", String.raw`\(?\b0[0-9](?:[ ./()-]{0,2}[0-9]){7,9}\b`, 0],
  ["phone", String.raw`\([0-9]{3}\) ?[0-9]{3}[ .-]?[0-9]{4}\b`, 0],
  ["phone", String.raw`\b(?:[0-9]{3}[ .-]){2}[0-9]{3,4}\b`, 0],
  ["phone", String.raw`\b[17][0-9]{8}\b`, 0],
  ["id_number", String.raw`\b[0-9]{7,16}\b`, 0],
];
const COMPILED = PATTERNS.map(([kind, pattern, group]) => [kind, new RegExp(pattern, "gi"), group]);
const THOUSANDS = /^[0-9]{1,3}(?:\.[0-9]{3})+$/;
const BEFORE_MONEY = new RegExp(String.raw`(?:\b(?:ksh|kshs|kes|sh|shs|tsh|tzs|ugx|usd|rs|inr|ngn|shilingi|jod|sdg|egp)|[$€£])\.? ?$`, "i");
const AFTER_MONEY = new RegExp(String.raw`^ ?(?:/=|(?:ksh|kshs|kes|sh|shs|tsh|tzs|ugx|usd|rs|inr|ngn|shilingi|jod|sdg|egp|shillings|دينار|ليرة|جنيه)(?![a-z]))`, "i");
const WEAK = /^(?:(?:[0-9]+[ -])?(?:may|march|mar|dec|sun)(?: [0-9]+)?)$/;
const NUMBERS = ["phone", "id_number"];

/** Every pattern as text, for the test that compares. */
export const sources = () => JSON.stringify(PATTERNS);

function isMoney(text, start, end) {
  if (THOUSANDS.test(text.slice(start, end))) return true;
  return BEFORE_MONEY.test(text.slice(0, start)) || AFTER_MONEY.test(text.slice(end));
}

function* shaped(text) {
  for (const [kind, pattern, group] of COMPILED) {
    for (const match of text.matchAll(pattern)) {
      // the group is the last part of a match, or the match is the group with what follows it
      const start = match.index + (group ? match[0].lastIndexOf(match[group]) : 0);
      const end = start + match[group].length;
      if (NUMBERS.includes(kind) && isMoney(text, start, end)) continue;
      if (kind === "date" && WEAK.test(text.slice(start, end))) continue;
      yield { kind, start, end };
    }
  }
}

/** Numbers, addresses, dates and ages in a text with Latin digits; what stands first in PATTERNS keeps its place. */
export function findShapes(text) {
  const kept = [];
  for (const one of shaped(text)) {
    if (kept.every((other) => one.end <= other.start || one.start >= other.end)) kept.push(one);
  }
  return kept.sort((one, other) => one.start - other.start);
}
