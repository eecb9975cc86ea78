"""What a line of an invoice says by itself, in the languages that documents speak."""

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "deposit": "Deposit, {share} % of order {order}",
        "instalment": "{label}, {share} % of order {order}",
        "part": "Part payment, {share} % of order {order}",
        "deduction": "Less what was invoiced ahead",
        "credit": "Credit for invoice {invoice}",
        "cancellation": "Cancellation of invoice {invoice}",
        "shipping": "Shipping",
    },
    "de": {
        "deposit": "Anzahlung, {share} % von Auftrag {order}",
        "instalment": "{label}, {share} % von Auftrag {order}",
        "part": "Teilzahlung, {share} % von Auftrag {order}",
        "deduction": "Abzüglich bereits berechneter Beträge",
        "credit": "Gutschrift zu Rechnung {invoice}",
        "cancellation": "Storno der Rechnung {invoice}",
        "shipping": "Versand",
    },
    "fr": {
        "deposit": "Acompte, {share} % de la commande {order}",
        "instalment": "{label}, {share} % de la commande {order}",
        "part": "Paiement partiel, {share} % de la commande {order}",
        "deduction": "Moins ce qui a été facturé d’avance",
        "credit": "Avoir sur la facture {invoice}",
        "cancellation": "Annulation de la facture {invoice}",
        "shipping": "Port",
    },
    "es": {
        "deposit": "Anticipo, {share} % del pedido {order}",
        "instalment": "{label}, {share} % del pedido {order}",
        "part": "Pago parcial, {share} % del pedido {order}",
        "deduction": "Menos lo facturado por anticipado",
        "credit": "Abono de la factura {invoice}",
        "cancellation": "Anulación de la factura {invoice}",
        "shipping": "Envío",
    },
    "it": {
        "deposit": "Acconto, {share} % dell’ordine {order}",
        "instalment": "{label}, {share} % dell’ordine {order}",
        "part": "Pagamento parziale, {share} % dell’ordine {order}",
        "deduction": "Meno quanto fatturato in anticipo",
        "credit": "Nota di credito per la fattura {invoice}",
        "cancellation": "Annullamento della fattura {invoice}",
        "shipping": "Spedizione",
    },
    "nl": {
        "deposit": "Voorschot, {share} % van order {order}",
        "instalment": "{label}, {share} % van order {order}",
        "part": "Deelbetaling, {share} % van order {order}",
        "deduction": "Min wat vooraf is gefactureerd",
        "credit": "Credit voor factuur {invoice}",
        "cancellation": "Annulering van factuur {invoice}",
        "shipping": "Verzending",
    },
}


def said(language: str, name: str, **values: str) -> str:
    """The words in that language; English where there are none."""
    words = WORDS.get(language.replace("_", "-").split("-")[0].lower(), WORDS["en"])
    return words[name].format(**values)
