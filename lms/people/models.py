"""What is stored of people: user, provider, consent, organisational unit, and how they sign in."""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from lms.sealing.models import SealedTextField


class UserManager(BaseUserManager["User"]):
    """Makes users by username; `get_by_natural_key` is Django's."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A person who may sign in; without a password only after one is set."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """The administrator of the installation."""
        return self.create_user(username, password, is_staff=True, is_superuser=True, **{"name": username, **fields})


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. The id is the public UUID by which others see who said something."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    username = models.CharField(_("username"), max_length=60, unique=True)
    card_code = models.CharField(_("card code"), max_length=16, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("email"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Africa/Nairobi")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    date_joined = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class OrgUnit(MP_Node):
    """A place in the tree country > district > facility; `path` begins with the path of the unit above."""

    class Kind(models.TextChoices):
        COUNTRY = "country", _("Country")
        DISTRICT = "district", _("District")
        FACILITY = "facility", _("Facility")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    dhis2_uid = models.CharField(_("DHIS2 id"), max_length=11, unique=True, null=True, blank=True)

    class Meta:
        verbose_name = _("organisational unit")

    def __str__(self) -> str:
        return self.name


class Provider(models.Model):
    """Somebody who learns to help. Its id is random and the only thing the ledger knows of a person.

    Who only supervises has one too, without a cadre and without any enrolment: the ledger keeps what she gave.
    """

    class Cadre(models.TextChoices):
        CHW = "chw", _("Community health worker")
        NURSE = "nurse", _("Nurse")
        LAY_COUNSELLOR = "lay_counsellor", _("Lay counsellor")
        TEACHER = "teacher", _("Teacher")
        PEER = "peer", _("Peer")

    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other", _("Other")
        UNKNOWN = "unknown", _("Not known")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="provider")
    cadre = models.CharField(_("cadre"), max_length=16, choices=Cadre.choices)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="providers")
    languages = models.JSONField(_("languages"), default=list)

    class Meta:
        verbose_name = _("provider")

    def __str__(self) -> str:
        return self.name

    @property
    def learns(self) -> bool:
        """Whether she ever began to learn here; who only supervises is no learner."""
        return self.cadre != ""

    @property
    def name(self) -> str:
        """The person's name while there is one; a provider who was erased has none."""
        return self.user.name if self.user else str(_("A person who left"))


class Consent(models.Model):
    """What a person agreed to, in which version, when. Never changed: a new version is a new row."""

    class Kind(models.TextChoices):
        CODE_OF_CONDUCT = "code_of_conduct", _("Code of conduct")
        PRIVACY = "privacy", _("Privacy notice")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    version = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "version"], name="one_consent_per_version")]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class Card(models.Model):
    """A printed card. The code of a person's open card is also `User.card_code`; the code of an old one is never used
    again. The starting PIN lies sealed only until she chooses her own: its sheet can be printed again until then.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="cards")
    code = models.CharField(max_length=16, unique=True)
    sheet = models.UUIDField(db_index=True)
    starting_pin = SealedTextField(about="people.card")
    starting_until = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(ended_at__isnull=True), name="one_card_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"card {self.pk}"


class SignIn(models.Model):
    """One phone (or computer) on which a person is or was signed in: the session, and how we would call the device."""

    class Device(models.TextChoices):
        ANDROID = "android", _("Android phone")
        TABLET = "tablet", _("Tablet")
        IPHONE = "iphone", _("iPhone")
        COMPUTER = "computer", _("Computer")
        OTHER = "other", _("Phone")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=12, choices=Device.choices)
    browser = models.CharField(max_length=24, blank=True)
    at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.device} {self.at:%Y-%m-%d}"


class SignInEvent(models.Model):
    """Who changed how a person signs in, and when. Only ever added to; it names no code and no PIN."""

    class Kind(models.TextChoices):
        CARD_MADE = "card_made", _("Card made")
        CARD_REPLACED = "card_replaced", _("Card replaced")
        CARD_PRINTED = "card_printed", _("Card printed")
        PIN_CHOSEN = "pin_chosen", _("PIN chosen")
        PIN_CHANGED = "pin_changed", _("PIN changed")
        PHONE_OUT = "phone_out", _("Phone signed out")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    card = models.ForeignKey(Card, null=True, on_delete=models.SET_NULL, related_name="events")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
