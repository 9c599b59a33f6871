"""An encoder and a decoder as models of their own, an autoencoder of both, a classifier on the encoder."""
from keras.models import Model
from keras.layers import Input, Convolution2D, MaxPooling2D, UpSampling2D, Dense, Flatten

picture = Input(shape=(1, 12, 16))
x = Convolution2D(6, 3, 3, activation='relu', border_mode='same', dim_ordering='th')(picture)
code = MaxPooling2D((2, 2), dim_ordering='th')(x)
encoder = Model(picture, code, name='encoder')

given = Input(shape=(6, 6, 8))
y = UpSampling2D((2, 2), dim_ordering='th')(given)
y = Convolution2D(1, 3, 3, border_mode='same', dim_ordering='th')(y)
decoder = Model(given, y, name='decoder')

autoencoder = Model(picture, decoder(encoder(picture)))
classifier = Model(picture, Dense(4)(Flatten()(encoder(picture))))
