"""What somebody does in a company of that size."""

from random import Random

TOP = ("Chief Executive Officer", "Chief Financial Officer", "Chief Operating Officer", "Chief Technology Officer")
LARGE, TINY = 250, 12
# fmt: off
SMALL = (
    "Office Manager", "Bookkeeper", "Sales Representative", "Project Manager", "Buyer", "Technician", "Partner",
    "Workshop Manager", "Assistant to the Owner", "Sales Manager", "Operations Manager", "Customer Service",
)
OFFICES = (
    "Head of Procurement", "Purchasing Manager", "Purchasing Manager", "Strategic Buyer", "Buyer", "Buyer",
    "IT Director", "Head of IT", "IT Manager", "IT Manager", "Systems Engineer", "System Administrator",
    "System Administrator", "Infrastructure Lead", "Network Engineer", "Software Engineer", "Data Analyst",
    "Operations Director", "Operations Manager", "Plant Manager", "Shift Supervisor", "Production Planner",
    "Finance Director", "Financial Controller", "Accountant", "Accounts Payable Clerk", "Financial Analyst",
    "Head of Human Resources", "HR Manager", "Recruiter", "Office Manager", "Executive Assistant",
    "Marketing Director", "Marketing Manager", "Communications Manager", "Product Manager", "Sales Director",
    "Sales Manager", "Key Account Manager", "Sales Representative", "Customer Service Manager", "Quality Manager",
    "Quality Engineer", "Logistics Manager", "Warehouse Manager", "Head of Research", "Design Engineer",
    "Project Manager", "Project Manager", "Legal Counsel", "Compliance Officer", "Facility Manager",
    "Security Officer",
)
# fmt: on


def title_of(random: Random, employees: int, place: int) -> str:
    """Of the person who is the `place`-th that is known there, from 0: those on top are there once."""
    if employees < TINY:
        return "Owner" if place == 0 else random.choice(SMALL)
    if employees < LARGE:
        return "Managing Director" if place == 0 else random.choice(SMALL if employees < 50 else OFFICES)
    return TOP[place] if place < len(TOP) else random.choice(OFFICES)
