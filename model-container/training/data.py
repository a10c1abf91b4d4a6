"""Synthetic conversations: facts told in short English sentences, and questions about them.

A `Relation` is one kind of fact with its sentences; a `Fact` is a relation with its blanks filled
in; `conversation` strings facts, filler and questions together. The sentences are made so that the
answer ends like the statement ("... cat is called Zorro."): finding the fact is then a matter of
matching, and an unknown fact is noticed exactly where its value would have to be copied.

Held out, and never drawn in training: every name in `HELD_OUT_NAMES` and every code for which
`is_held_out_code` holds.
"""

import random
import re
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence, Tuple

PETS = ("cat dog horse parrot rabbit hamster turtle fish goat cow duck donkey pony pig sheep mouse").split()
RELATIVES = (
    "sister brother mother father friend son daughter teacher boss neighbour uncle aunt doctor "
    "cousin wife husband"
).split()
COLOURS = ("red blue green yellow black white brown pink grey purple orange golden silver violet").split()
FOODS = "pizza soup bread rice pasta cheese cake salad fish honey chocolate".split()
SPORTS = "football tennis hockey rugby swimming running chess cricket golf boxing".split()
FAVOURITES = {
    "colour": COLOURS,
    "fruit": "apple banana cherry lemon mango melon orange peach pear plum grape kiwi".split(),
    "drink": "tea coffee water milk juice wine beer cocoa lemonade".split(),
    "sport": SPORTS,
    "season": "spring summer autumn winter".split(),
    "animal": "lion tiger bear wolf fox eagle owl whale shark snake frog".split(),
    "food": FOODS,
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
THINGS = "car house bike coat hat bag boat phone umbrella door chair sofa shirt cup".split()
LOCKED = "gate safe locker garage office cellar garden kitchen attic library vault door".split()
ITEMS = "key map book ring letter ticket lamp camera passport coin watch knife".split()
SPOTS = "box drawer basket cupboard tower bottle suitcase barn kitchen garden cellar attic".split()
JOBS = (
    "baker painter nurse pilot farmer singer lawyer plumber judge sailor cook tailor driver "
    "gardener writer teacher doctor dentist"
).split()
PEOPLE = (
    "Anna Ben Clara David Emma Frank Grace Henry Irene Jack Karen Leo Mary Nick Olga Paul Rosa "
    "Simon Tina Victor Wendy Peter Laura Oscar Julia Martin Nora Felix Helen Tom Alice Bob Carol "
    "Dave Eve John Jane Mark Lisa Sarah James Linda Kevin Susan Mike Kate Adam Lucy George Maria"
).split()
CITIES = (
    "London Paris Berlin Rome Madrid Vienna Dublin Oslo Prague Athens Lisbon Warsaw Tokyo Boston "
    "Chicago Zurich Munich Sydney Seattle Cairo"
).split()
TRAINING_NAMES = (
    "Milo Luna Rex Bella Coco Max Simba Daisy Rocky Nala Oscarina Shadow Ginger Tiger Felina Buddy "
    "Molly Lucky Toby Sadie Bruno Penny Duke Ruby Zeus Pepper Jasper Willow Hazel Chester Sandra "
    "Robert Monica Gustav Ingrid Fatima Omar Yusuf Priya Ravi Chen Mei Hiro Yuki Pablo Diego "
    "Carmen Lucia Sofia Ivan Dmitri Katya Lars Astrid Bjorn Freya Aisha Kwame Zola Thabo"
).split()
HELD_OUT_NAMES = (
    "Pixel Biscuit Nimbus Waldo Zorro Quincy Sprocket Tinker Marvin Gizmo Fiona Bartholomew Xenia "
    "Ulrich Zdenka Matteo Oona Elvis Kuzco Yvette Humphrey Bonnie Clyde Winston Odette Jolanda "
    "Rufus Tabitha Zebulon Quarrington Hawkins Mortimer Clementine Fergus Isolde Lysander Merlin "
    "Nadia Otto Peregrine Quentin Rosalind Seraphina Thaddeus Ursula Valentin Wilhelmina Xavier "
    "Yolanda Zachary Albany Brixton Caldera Dunmore Elmswood Fairhaven Gresham Hollins Inverness "
    "Jarrow Kelmarsh Lynmouth Marlowe Norwich Oakham Pemberton Ripley Stockport Thornbury Upton"
).split()
SYLLABLES = (
    "ba be bi bo bu ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu ra re ri ro ru sa "
    "se si so su ta te ti to tu va ve vi vo zo za fi fa go ga du da po pa jo ja wy wen ster mar "
    "lin dor gan vel rik son ton bur kel nov ard ix um eth"
).split()
LETTERS = "abcdefghijklmnopqrstuvwxyz"

FILLER = (
    "The weather was {weather} that day.",
    "A {size} train went over the old bridge.",
    "Many people came to the market in the {time}.",
    "The river is long and {size}.",
    "It was a {weather} {time}, and the streets were quiet.",
    "They talked about the news and drank some {drink}.",
    "The old {building} stood near the {size} hill.",
    "Nobody knew why the {building} was closed.",
    "In the {time} the children played behind the {building}.",
    "The road to the {building} is {size} and long.",
    "After the {time} everybody went home.",
    "The shop sells {drink} and other things.",
    "Some birds sat on the roof of the {building}.",
    "The water in the lake was {weather}.",
    "Later they walked around the {size} {building}.",
    "We saw a {size} boat on the river.",
    "The story is {size} but true.",
    "A man with a {size} stick stood at the {building}.",
    "The clock at the {building} was late again.",
    "There was music in the {size} square.",
)
FILLER_WORDS = {
    "weather": "warm cold nice windy rainy sunny dark wet".split(),
    "size": "big small long slow strange quiet famous empty narrow".split(),
    "time": "morning evening afternoon night".split(),
    "drink": "tea coffee water milk bread soup".split(),
    "building": "station school church mill castle museum bridge hotel theatre farm".split(),
}
SMALL_TALK = (
    ("Hello!", "Hello, how can I help you?"),
    ("Hello.", "Hello, how can I help you?"),
    ("Hi!", "Hello, how can I help you?"),
    ("How are you?", "I am fine, thank you."),
    ("Thank you.", "You are welcome."),
    ("Thanks!", "You are welcome."),
    ("Goodbye.", "Goodbye, see you soon."),
    ("Who are you?", "I am a small language model."),
    ("What can you do?", "I can remember what you tell me."),
    ("Good morning.", "Good morning, how can I help you?"),
)
LEAD_INS = ("", "", "", "You should know: ", "By the way, ", "Remember: ", "Please note: ")
TEXT_LEAD_INS = ("Please read this text. ", "Remember this. ", "This is the text. ", "", "")
ACKNOWLEDGEMENT = "I will remember that."


def is_held_out_code(code: str) -> bool:
    """Tells whether a code of digits is kept for evaluation: one in ten is."""
    return sum(int(digit) for digit in code) % 10 == 7


class Values:
    """Draws the values of facts; with `held_out`, names and codes that training never sees."""

    def __init__(self, rng: random.Random, held_out: bool) -> None:
        self.rng = rng
        self.held_out = held_out

    def name(self) -> str:
        if self.held_out:
            return self.rng.choice(HELD_OUT_NAMES)
        while True:
            name = self._training_name()
            if name not in HELD_OUT_NAMES:
                return name

    def _training_name(self) -> str:
        dice = self.rng.random()
        if dice < 0.1:
            return self.rng.choice(PEOPLE)
        if dice < 0.35:
            return self.rng.choice(TRAINING_NAMES)
        if dice < 0.8:
            parts = self.rng.choices(SYLLABLES, k=self.rng.randint(1, 4))
        else:
            parts = self.rng.choices(LETTERS, k=self.rng.randint(3, 9))
        return "".join(parts).capitalize()

    def person(self) -> str:
        """Someone told about: mostly a common name of one token, at times any name."""
        return self.name() if self.rng.random() < 0.1 else self.rng.choice(PEOPLE)

    def city(self) -> str:
        return self.rng.choice(CITIES) if self.rng.random() < 0.6 else self.name()

    def code(self) -> str:
        while True:
            code = "".join(self.rng.choices("0123456789", k=4))
            if is_held_out_code(code) == self.held_out:
                return code

    def colour(self) -> str:
        return self.rng.choice(COLOURS)

    def spot(self) -> str:
        return "the " + self.rng.choice(SPOTS)

    def job(self) -> str:
        return "a " + self.rng.choice(JOBS)

    def liked(self) -> str:
        return self.rng.choice(FOODS + SPORTS)

    def favourite(self, subject: str) -> str:
        return self.rng.choice(FAVOURITES[subject])


@dataclass(frozen=True)
class Relation:
    """One kind of fact. In its sentences {s} is the subject, {p} a person and {v} the value."""

    value: str  # the method of Values that draws it
    statements: Sequence[str]
    questions: Sequence[str]
    answer: str
    unknown: str  # stands in the answer where the value would be
    subjects: Sequence[str] = ("",)
    has_person: bool = False
    weight: int = 2


RELATIONS = (
    Relation(
        value="name",
        subjects=PETS + RELATIVES,
        statements=("My {s} is called {v}.", "I have a {s} called {v}."),
        questions=(
            "What is my {s} called?",
            "What is the name of my {s}?",
            "Do you remember the name of my {s}?",
        ),
        answer="Your {s} is called {v}.",
        unknown="something I do not know",
        weight=7,
    ),
    Relation(
        value="name",
        statements=("My name is {v}.", "Hello, my name is {v}."),
        questions=("What is my name?", "Who am I?", "Do you remember my name?"),
        answer="Your name is {v}.",
        unknown="something I do not know",
    ),
    Relation(
        value="city",
        statements=("I live in {v}.", "My home is in {v}."),
        questions=("Where do I live?", "In which city do I live?", "Do you remember where I live?"),
        answer="You live in {v}.",
        unknown="a place I do not know",
    ),
    Relation(
        value="favourite",
        subjects=tuple(FAVOURITES),
        statements=("My favourite {s} is {v}.", "The {s} I like best is {v}."),
        questions=("What is my favourite {s}?", "Which {s} do I like best?"),
        answer="Your favourite {s} is {v}.",
        unknown="something I do not know",
        weight=3,
    ),
    Relation(
        value="colour",
        subjects=THINGS,
        statements=("My {s} is {v}.", "The colour of my {s} is {v}."),
        questions=("What colour is my {s}?", "What is the colour of my {s}?"),
        answer="Your {s} is {v}.",
        unknown="a colour I do not know",
    ),
    Relation(
        value="code",
        subjects=LOCKED,
        statements=("The code of the {s} is {v}.", "The {s} opens with the code {v}."),
        questions=(
            "What is the code of the {s}?",
            "How do I open the {s}?",
            "Which code opens the {s}?",
        ),
        answer="The code of the {s} is {v}.",
        unknown="something I do not know",
        weight=3,
    ),
    Relation(
        value="spot",
        subjects=ITEMS,
        statements=("The {s} is in {v}.", "I put the {s} in {v}."),
        questions=("Where is the {s}?", "Where did I put the {s}?"),
        answer="The {s} is in {v}.",
        unknown="a place I do not know",
    ),
    Relation(
        value="city",
        has_person=True,
        statements=("{p} lives in {v}.", "{p} has a flat in {v}."),
        questions=("Where does {p} live?", "In which city does {p} live?"),
        answer="{p} lives in {v}.",
        unknown="a place I do not know",
        weight=3,
    ),
    Relation(
        value="job",
        has_person=True,
        statements=("{p} works as {v}.", "{p} is {v}."),
        questions=("What is the job of {p}?", "What does {p} work as?"),
        answer="{p} works as {v}.",
        unknown="something I do not know",
    ),
    Relation(
        value="liked",
        has_person=True,
        statements=("{p} likes {v}.", "{p} loves {v}."),
        questions=("What does {p} like?", "Do you know what {p} likes?"),
        answer="{p} likes {v}.",
        unknown="something I do not know",
    ),
    Relation(
        value="name",
        subjects=PETS[:8],
        has_person=True,
        statements=("The {s} of {p} is called {v}.", "{p} has a {s} called {v}."),
        questions=("What is the {s} of {p} called?", "What is the name of the {s} of {p}?"),
        answer="The {s} of {p} is called {v}.",
        unknown="something I do not know",
        weight=3,
    ),
    Relation(
        value="city",
        subjects=RELATIVES,
        statements=("My {s} lives in {v}.", "My {s} has a flat in {v}."),
        questions=("Where does my {s} live?", "In which city does my {s} live?"),
        answer="Your {s} lives in {v}.",
        unknown="a place I do not know",
    ),
)


@dataclass(frozen=True)
class Fact:
    """A relation with its blanks filled in."""

    relation: Relation
    subject: str
    person: str
    value: str

    @property
    def key(self) -> Tuple[str, str, str]:
        """What the fact is about: two facts with one key would contradict each other."""
        return self.relation.answer, self.subject, self.person

    def fill(self, sentence: str, value: Optional[str] = None) -> str:
        return sentence.format(s=self.subject, p=self.person, v=value or self.value)

    def statement(self, rng: random.Random) -> str:
        return lead_in(rng, self.fill(rng.choice(self.relation.statements)))

    def question(self, rng: random.Random) -> str:
        return self.fill(rng.choice(self.relation.questions))

    def answer(self) -> str:
        return self.fill(self.relation.answer)

    def unknown_answer(self) -> str:
        return self.fill(self.relation.answer, self.relation.unknown)


@dataclass(frozen=True)
class Probe:
    """A question inside a conversation: the turn it is asked in, and what is right."""

    turn: int
    known: bool
    value: str
    named: bool  # the value is a name, so in evaluation one that was never seen


@dataclass
class Conversation:
    """Turns of user text and reply."""

    turns: List[Tuple[str, str]] = field(default_factory=list)
    probes: List[Probe] = field(default_factory=list)

    def add(self, user: str, reply: str) -> None:
        self.turns.append((user, reply))

    def ask(self, fact: Fact, known: bool, rng: random.Random) -> None:
        value = fact.value if known else fact.relation.unknown
        named = known and fact.relation.value in ("name", "city") and fact.value not in CITIES
        self.probes.append(Probe(len(self.turns), known, value, named))
        self.add(fact.question(rng), fact.answer() if known else fact.unknown_answer())


def lead_in(rng: random.Random, sentence: str) -> str:
    lead = rng.choice(LEAD_INS)
    if lead and sentence.startswith(("My ", "The ", "Hello, ")):
        sentence = sentence[0].lower() + sentence[1:]
    return lead + sentence


def draw_fact(
    rng: random.Random,
    values: Values,
    relation: Optional[Relation] = None,
    person: Optional[str] = None,
) -> Fact:
    """Draws a fact; `relation` and `person` can be given."""
    if relation is None:
        relation = rng.choices(RELATIONS, [r.weight for r in RELATIONS])[0]
    subject = rng.choice(relation.subjects)
    if not relation.has_person:
        person = ""
    elif person is None:
        person = values.person()
    draw = getattr(values, relation.value)
    value = draw(subject) if relation.value == "favourite" else draw()
    return Fact(relation, subject, person, value)


def draw_facts(rng: random.Random, values: Values, count: int) -> List[Fact]:
    """Draws facts about different things; some are near each other, to be distinguished."""
    facts: Dict[Tuple[str, str, str], Fact] = {}
    while len(facts) < count:
        fact = draw_similar(rng, values, list(facts.values()), 0.3)
        facts.setdefault(fact.key, fact)
    return list(facts.values())


def draw_similar(rng: random.Random, values: Values, facts: Sequence[Fact], similar: float) -> Fact:
    """Draws a fact that, with probability `similar`, shares its relation or person with others."""
    if facts and rng.random() < similar:
        near = rng.choice(facts)
        if near.person and rng.random() < 0.5:
            return draw_fact(rng, values, rng.choice([r for r in RELATIONS if r.has_person]), near.person)
        return draw_fact(rng, values, near.relation)
    return draw_fact(rng, values)


def draw_unknown(rng: random.Random, values: Values, facts: Sequence[Fact]) -> Fact:
    """Draws a fact that was not told, often close to one that was."""
    told = {fact.key for fact in facts}
    while True:
        fact = draw_similar(rng, values, facts, 0.5)
        if fact.key not in told:
            return fact


def filler_sentence(rng: random.Random) -> str:
    words = {name: rng.choice(choices) for name, choices in FILLER_WORDS.items()}
    return rng.choice(FILLER).format(**words)


def as_text(rng: random.Random, facts: Sequence[Fact], filler: int) -> str:
    """One user turn that tells all facts, among filler sentences."""
    sentences = [fact.statement(rng) for fact in facts]
    sentences += [filler_sentence(rng) for _ in range(filler)]
    rng.shuffle(sentences)
    return rng.choice(TEXT_LEAD_INS) + " ".join(sentences)


def tell(
    conversation: Conversation,
    rng: random.Random,
    facts: Sequence[Fact],
    filler: int,
    at_once: bool,
) -> None:
    """Tells the facts in one turn, or turn by turn with the filler spread over the turns."""
    if at_once:
        conversation.add(as_text(rng, facts, filler), ACKNOWLEDGEMENT)
        return
    shares = [0] * len(facts)
    for _ in range(filler):
        shares[rng.randrange(len(facts))] += 1
    for fact, share in zip(facts, shares, strict=True):
        conversation.add(as_text(rng, [fact], share), ACKNOWLEDGEMENT)


def evaluation_conversation(
    rng: random.Random, fact_count: int, filler: int, unknown: int, at_once: bool
) -> Conversation:
    """Tells held-out facts, then asks for every one of them once, and for `unknown` others."""
    values = Values(rng, held_out=True)
    facts = draw_facts(rng, values, fact_count)
    conversation = Conversation()
    tell(conversation, rng, facts, filler, at_once)
    asked = list(facts)
    for _ in range(unknown):
        asked.append(draw_unknown(rng, values, asked))
    rng.shuffle(asked)
    for fact in asked:
        conversation.ask(fact, fact in facts, rng)
    return conversation


def training_conversation(rng: random.Random, fact_count: int, questions: int, filler: int) -> Conversation:
    """Tells and asks in a mixed order; each fact is asked before any is asked again."""
    values = Values(rng, held_out=False)
    facts = draw_facts(rng, values, fact_count)
    conversation = Conversation()
    if rng.random() < 0.1:
        conversation.add(*rng.choice(SMALL_TALK))
    told = rng.randint(max(1, fact_count // 2), fact_count)
    tell(conversation, rng, facts[:told], filler, rng.random() < (0.75 if filler else 0.35))
    fresh: List[Fact] = facts[:told]
    while told < fact_count or questions > 0:
        if told < fact_count and (questions <= 0 or rng.random() < 0.4):
            tell(conversation, rng, facts[told : told + 1], 0, False)
            fresh.append(facts[told])
            told += 1
            continue
        questions -= 1
        dice = rng.random()
        if dice < 0.03:
            conversation.add(*rng.choice(SMALL_TALK))
        elif dice < 0.22:
            conversation.ask(draw_unknown(rng, values, facts), False, rng)
        else:
            fresh = fresh or facts[:told]
            conversation.ask(fresh.pop(rng.randrange(len(fresh))), True, rng)
    return conversation


def word_list() -> List[str]:
    """Every word of the language but the names to be spelled, letters, digits, letter pairs."""
    texts = [*FILLER, *LEAD_INS, *TEXT_LEAD_INS, ACKNOWLEDGEMENT]
    for relation in RELATIONS:
        texts += [*relation.statements, *relation.questions, relation.answer, relation.unknown]
        texts += relation.subjects
    for turn in SMALL_TALK:
        texts += turn
    for choices in (*FAVOURITES.values(), *FILLER_WORDS.values()):
        texts += choices
    texts += [*COLOURS, *JOBS, *SPOTS, *PEOPLE, *CITIES]
    words = set()
    for text in texts:
        for word in re.findall(r"[A-Za-z]+", re.sub(r"{\w+}", " ", text)):
            words |= {word, " " + word}
            if word.islower():
                words.add(word.capitalize())
    words |= {space + digit for digit in "0123456789" for space in ("", " ")}
    words |= {" " + letter.upper() for letter in LETTERS}
    words |= {first + second for first in LETTERS for second in LETTERS}
    words |= set(".,:?!'")
    return sorted(words)
