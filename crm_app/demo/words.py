"""What invented people are called and what they talk about."""

FIRST = (
    "Amara", "Anton", "Beatriz", "Bram", "Carmen", "Cedric", "Chloé", "Daria", "David", "Edda", "Elif", "Emil", "Farah",
    "Felix", "Gianna", "Grace", "Hana", "Hugo", "Ida", "Imre", "Ines", "Jakob", "Joana", "Jonas", "Kaito", "Katja",
    "Lars", "Leila", "Lucía", "Magnus", "Maja", "Marek", "Mina", "Nadia", "Noah", "Nora", "Olga", "Omar", "Paula",
    "Pavel", "Quentin", "Rafael", "Rania", "Rosa", "Samir", "Sara", "Søren", "Tariq", "Tessa", "Timo", "Uma", "Vera",
    "Victor", "Wanda", "Yara", "Yusuf", "Zoë",
)
LAST = (
    "Abara", "Almeida", "Andersen", "Bakker", "Barros", "Becker", "Bianchi", "Castro", "Chen", "Costa", "Dahl", "Diaz",
    "Dubois", "Eriksen", "Farouk", "Fischer", "Fuchs", "García", "Haddad", "Hansen", "Horvat", "Ito", "Jansen", "Kaya",
    "Keller", "Khan", "Kovač", "Kowalski", "Larsen", "Laurent", "Lindgren", "Lopes", "Marino", "Meyer", "Moreau",
    "Müller", "Nakamura", "Navarro", "Novák", "Okafor", "Olsen", "Pereira", "Petrov", "Popescu", "Ricci", "Rossi",
    "Salazar", "Schmidt", "Silva", "Sørensen", "Suzuki", "Tanaka", "Toth", "Vargas", "Virtanen", "Weber", "Wójcik",
    "Yilmaz", "Young", "Zhang",
)
TITLES = (
    "Head of Procurement", "IT Director", "Purchasing Manager", "Operations Manager", "Chief Technology Officer",
    "Infrastructure Lead", "Finance Director", "Office Manager", "Systems Engineer", "Managing Director",
)
SOURCES = ("Web form", "Trade fair", "Referral", "Newsletter", "Cold call", "Webinar")
LANGUAGES = ("en", "en", "en", "de", "fr", "es")
LOST_REASONS = ("Price", "Chose a competitor", "No budget", "No decision", "Missing feature", "Bad timing")

# type, subject, text; {product} and {person} are filled in
DONE = (
    ("call", "Introduction", "Spoke with {person}. They run older machines and want to replace them before summer."),
    ("call", "Follow-up on the offer", "{person} has the offer for {product} and passes it on to finance."),
    ("meeting", "Demonstration of {product}", "Showed {product} to {person} and two engineers. Liked the speed."),
    ("meeting", "Site visit", "Walked through the server room with {person}; counted what has to be replaced."),
    ("email", "Data sheet of {product}", "Sent the data sheet and two references to {person}."),
    ("email", "Answer about delivery", "Delivery within three weeks is fine for {person}."),
    ("note", "Budget", "Budget is decided at the end of the quarter, says {person}."),
    ("note", "Competitor", "{person} also has an offer of another supplier on the table."),
)
PLANNED = (
    ("call", "Call {person} about the decision"),
    ("call", "Ask {person} who signs"),
    ("meeting", "Demonstration of {product}"),
    ("meeting", "Talk through the offer with {person}"),
    ("task", "Send a revised offer for {product}"),
    ("task", "Find a reference customer"),
    ("email", "Write to {person} about delivery dates"),
)
